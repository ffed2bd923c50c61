'use client';

import { nodeName } from '@breakwater/contract/ids';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { z } from 'zod';
import { storageNodesQuery } from '../api/queries/storage-nodes.ts';
import { Dialog } from '../primitives/dialog.tsx';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { nodeEnrolLine } from '../servers/enrol-line.ts';
import { EnrolMachine, type NewMachine } from '../servers/enrol-machine.tsx';

const publicUrl = z.url({ protocol: /^https?$/ });

/** Adds a storage node: its name and address, the line to paste there, then live until it is connected. */
export function AddNodeDialog(props: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations('nodes.add');
  return (
    <Dialog open={props.open} onOpenChange={props.onOpenChange} title={t('title')} wide>
      <AddNode close={() => props.onOpenChange(false)} />
    </Dialog>
  );
}

function AddNode({ close }: { close: () => void }) {
  const t = useTranslations('nodes.add');
  const { data: nodes } = useQuery(storageNodesQuery);
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');

  const nodeOf = (wanted: string) => nodes?.find((node) => node.name === wanted);
  const goodName = nodeName.safeParse(name.trim());
  const goodUrl = publicUrl.safeParse(url.trim());
  const taken = nodeOf(name.trim()) !== undefined;
  const machineOf = (called: string, address: string): NewMachine => ({
    name: called,
    join: { kind: 'storage-node' },
    intro: t('paste'),
    line: (link) => nodeEnrolLine({ ...link, name: called, publicUrl: address.replace(/\/$/, '') }),
  });

  return (
    <EnrolMachine
      close={close}
      submitLabel={t('next')}
      machine={goodName.success && goodUrl.success && !taken ? machineOf(goodName.data, goodUrl.data) : null}
      arrivalOf={(wanted) => {
        const node = nodeOf(wanted);
        if (node === undefined) return 'waiting';
        return node.online ? 'online' : 'enrolled';
      }}
      fields={({ tried }) => (
        <>
          <Field
            label={t('name')}
            hint={t('nameHint')}
            error={taken ? t('taken') : tried && !goodName.success ? t('nameInvalid') : undefined}
          >
            <Input
              mono
              autoFocus
              spellCheck={false}
              autoCapitalize="none"
              placeholder="node-d"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          </Field>
          <Field
            label={t('url')}
            hint={t('urlHint')}
            error={tried && !goodUrl.success ? t('urlInvalid') : undefined}
          >
            <Input
              mono
              spellCheck={false}
              inputMode="url"
              placeholder="https://node-d.example:3101"
              value={url}
              onChange={(event) => setUrl(event.currentTarget.value)}
            />
          </Field>
        </>
      )}
    />
  );
}
