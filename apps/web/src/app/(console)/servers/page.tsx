import { ServersPage } from '../../../ui/servers/servers-page.tsx';

export default ServersPage;
