import { Icon, type IconName } from '../look/icon.tsx';
import { formatMoment } from '../model/format.ts';
import { SPEEDS, type Speed, speedText } from '../model/playback.ts';
import { text } from '../text/text.ts';
import { usePage } from './page.ts';

/** Play, pause, step, speed, and the instant that is shown. */
export function Transport() {
  const { model } = usePage();
  const { playing, speed, lab } = model;
  const off = lab.value === undefined;
  return (
    <div class="transport">
      <Control icon="toStart" label={text('transport.start')} off={off} run={() => model.seek(0)} />
      <Control icon="stepBack" label={text('transport.eventBack')} off={off} run={() => model.step('event', 'back')} />
      <button
        type="button"
        class="play"
        disabled={off}
        aria-label={text(playing.value ? 'transport.pause' : 'transport.play')}
        title={text(playing.value ? 'transport.pause' : 'transport.play')}
        onClick={() => model.play(!playing.value)}
      >
        <Icon name={playing.value ? 'pause' : 'play'} />
      </button>
      <Control icon="stepEvent" label={text('transport.event')} off={off} run={() => model.step('event', 'forward')} />
      <Control icon="stepFrame" label={text('transport.frame')} off={off} run={() => model.step('frame', 'forward')} />
      <Moment />
      <label class="speed" title={speed.value === 'watch' ? text('speed.watch.about') : undefined}>
        <span class="unseen">{text('transport.speed')}</span>
        <select
          value={String(speed.value)}
          onChange={(event) => {
            speed.value = readSpeed(event.currentTarget.value);
          }}
        >
          {SPEEDS.map((one) => (
            <option key={one} value={String(one)}>
              {typeof one === 'number' ? speedText(one) : text(`speed.${one}`)}
            </option>
          ))}
        </select>
        <Icon name="down" />
      </label>
    </div>
  );
}

/** Apart from the rest, because it changes with every frame of the screen. */
function Moment() {
  const { model } = usePage();
  return (
    <output class="moment mono" aria-label={text('transport.moment')}>
      {formatMoment(model.moment.value)}
      <span class="unit">s</span>
    </output>
  );
}

function Control(props: { icon: IconName; label: string; off: boolean; run: () => void }) {
  return (
    <button
      type="button"
      class="tool"
      disabled={props.off}
      aria-label={props.label}
      title={props.label}
      onClick={props.run}
    >
      <Icon name={props.icon} />
    </button>
  );
}

function readSpeed(value: string): Speed {
  return SPEEDS.find((one) => String(one) === value) ?? 'watch';
}
