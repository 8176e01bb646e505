import { BlockList, isIP } from 'node:net';

/** Whether anybody anywhere can open this address: https, and neither this machine nor a network of its own. */
export function isPublicAddress({ protocol, hostname }: URL): boolean {
  if (protocol !== 'https:') return false;
  const host = hostname.replace(/^\[|\]$/g, '');
  const version = isIP(host);
  if (version !== 0) return !ownNetworks.check(host, version === 4 ? 'ipv4' : 'ipv6');
  return host.includes('.') && !ownNames.test(host);
}

/** Names that no public server answers (RFC 6761, 6762, 8375, 9476), and those that routers give. */
const ownNames = /\.(?:local|localhost|internal|test|invalid|example|alt|home\.arpa|lan|home)\.?$/;

const ownNetworks = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  ownNetworks.addSubnet(network, bits, 'ipv4');
}
ownNetworks.addSubnet('::', 127, 'ipv6');
ownNetworks.addSubnet('fc00::', 7, 'ipv6');
ownNetworks.addSubnet('fe80::', 10, 'ipv6');
