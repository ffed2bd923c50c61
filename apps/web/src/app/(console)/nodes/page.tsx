import { NodesPage } from '../../../ui/nodes/nodes-page.tsx';

export default NodesPage;
