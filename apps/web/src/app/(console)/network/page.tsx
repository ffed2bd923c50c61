import { NetworkPage } from '../../../ui/network/network-page.tsx';

export default function Page() {
  return <NetworkPage />;
}
