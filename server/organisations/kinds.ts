export const organisationKinds = ['network', 'association', 'school', 'centre', 'partner_ngo', 'employer'] as const;
