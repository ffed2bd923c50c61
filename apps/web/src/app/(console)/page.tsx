import { OverviewPage } from '../../ui/overview/overview-page.tsx';

export default OverviewPage;
