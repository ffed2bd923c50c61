'use client';

import { type Agent, agent as agentSchema } from '@breakwater/contract/resources';
import { useQueryClient } from '@tanstack/react-query';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { apiSend } from '../api/client.ts';
import { useMay } from '../api/use-session.ts';
import { Button } from '../primitives/button.tsx';
import { Dialog } from '../primitives/dialog.tsx';
import { Panel } from '../primitives/panel.tsx';
import { BandwidthForm } from './bandwidth-form.tsx';
import { useBandwidthWords } from './use-bandwidth-words.ts';

/** What all runs of a server may take of its line together. */
export function ServerBandwidth({ agent }: { agent: Agent }) {
  const t = useTranslations('bandwidth');
  const may = useMay('edit-tasks');
  const words = useBandwidthWords();
  const client = useQueryClient();
  const [editing, setEditing] = useState(false);
  return (
    <Panel
      title={t('title')}
      actions={
        may && (
          <Button size="sm" icon={Pencil} onClick={() => setEditing(true)}>
            {t('edit')}
          </Button>
        )
      }
    >
      <p>{words(agent.bandwidth)}</p>
      <Dialog open={editing} onOpenChange={setEditing} title={t('ofServer', { server: agent.address })}>
        <BandwidthForm
          limit={agent.bandwidth}
          hint={t('serverHint')}
          close={() => setEditing(false)}
          save={async (bandwidth) => {
            await apiSend('PATCH', `/agents/${agent.id}`, { bandwidth }, agentSchema);
            await client.invalidateQueries({ queryKey: ['agents'] });
          }}
        />
      </Dialog>
    </Panel>
  );
}
