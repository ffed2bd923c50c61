import { SettingsPage } from '../../../ui/settings/settings-page.tsx';

export default function Page() {
  return <SettingsPage section={null} />;
}
