/** What courses are about, in the order of the catalogue. Their names are messages: `courses.topic_<topic>`. */
export const topics = ['internet', 'cybersecurity', 'data', 'devops', 'iot', 'market'] as const;
export const levels = ['basic', 'intermediate', 'advanced'] as const;
