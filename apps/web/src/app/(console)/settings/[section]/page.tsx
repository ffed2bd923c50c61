import { SettingsPage } from '../../../../ui/settings/settings-page.tsx';

export default async function Page({ params }: { params: Promise<{ section: string }> }) {
  return <SettingsPage section={(await params).section} />;
}
