import { type Abilities, type Ability, type OwnMedia, ownClientOf, ownMediaOf } from '../engine/abilities';
import type { LinkFigures, LinkQuality, SoundLevels } from '../engine/figures';
import type { Sharing } from '../engine/screens';
import type { Settings } from '../engine/settings';
import type { PictureSource } from '../engine/pictures';
import { type Limit, limitsOf } from '../guest/view';
import type {
  ClientKind,
  LinkPhase,
  ParticipantId,
  Recognition,
  RemoteParticipant,
  RoomSnapshot,
} from '../protocol';
import { colourOf, initialsOf } from './face';

export type Layout = 'grid' | 'speaker' | 'sideBySide';

/** What one tile shows. */
export interface TileView {
  /** The same for one picture of one person as long as it is there. */
  readonly key: string;
  readonly kind: 'camera' | 'screen' | 'self';
  readonly participant: ParticipantId | null;
  readonly name: string;
  readonly initials: string;
  /** The hue of the person's colour, in degrees. */
  readonly hue: number;
  readonly source: PictureSource;
  /** Whether pictures come; `unseen` where their browser or this one has none. */
  readonly picture: 'on' | 'off' | 'unseen';
  readonly mirrored: boolean;
  readonly link: LinkPhase;
  /** How long nothing has arrived, in whole seconds. */
  readonly reconnectingSeconds: number;
  readonly muted: boolean;
  readonly quality: LinkQuality;
  readonly speaking: boolean;
  readonly level: number;
  readonly pinned: boolean;
  readonly volume: number;
  readonly recognition: Recognition | null;
  /** What they joined with, as far as it is known. */
  readonly client: ClientKind | null;
  readonly figures: LinkFigures | null;
}

export interface StageView {
  /** In the order in which they are placed: in the speaker layout the first is large. */
  readonly tiles: readonly TileView[];
  readonly self: TileView;
  readonly selfShown: boolean;
  readonly layout: Layout;
  readonly alone: boolean;
  readonly serverAway: boolean;
  readonly statistics: boolean;
  readonly mutedButTalking: boolean;
  readonly sharing: Sharing;
  /** What can't be done in this browser, until it was read. */
  readonly limits: readonly Limit[];
  readonly bar: BarView;
}

export interface BarView {
  readonly microphone: 'on' | 'muted' | 'none';
  readonly microphoneLevel: number;
  readonly camera: 'on' | 'opening' | 'off';
  readonly sharing: 'on' | 'opening' | 'off';
  readonly waiting: number;
  readonly people: number;
  readonly media: OwnMedia;
  readonly speakers: Ability;
  readonly fullScreen: Ability;
  readonly compact: Ability;
}

/** What the window knows besides the snapshot. */
export interface StageContext {
  readonly abilities: Abilities;
  readonly limitsShown: boolean;
  readonly someone: string;
  readonly you: string;
  readonly levels: SoundLevels;
  readonly figures: ReadonlyMap<ParticipantId, LinkFigures>;
  readonly settings: Settings;
  readonly layout: Layout;
  readonly pinned: string | null;
  readonly activeSpeaker: ParticipantId | null;
  readonly speaks: (participant: ParticipantId) => boolean;
  readonly reconnectingSeconds: (participant: ParticipantId) => number;
  readonly statistics: boolean;
  readonly mutedButTalking: boolean;
  readonly sharing: Sharing;
}

/** The stage as it is drawn at a moment. */
export function stageView(room: RoomSnapshot, context: StageContext): StageView {
  const tiles = room.others.flatMap((person) => tilesOf(person, context));
  const focus = focusOf(tiles, context);
  return {
    tiles: focus ? [focus, ...tiles.filter((tile) => tile !== focus)] : tiles,
    self: selfTile(room, context),
    selfShown: context.settings.showSelf,
    layout: layoutOf(focus, context),
    alone: room.others.length === 0,
    serverAway: room.server === 'connecting',
    statistics: context.statistics,
    mutedButTalking: context.mutedButTalking,
    sharing: context.sharing,
    limits: context.limitsShown ? limitsOf(context.abilities) : [],
    bar: barView(room, context),
  };
}

/** Who is large: what is pinned, else a shared screen, else, in the speaker layout, who spoke last. */
function focusOf(tiles: readonly TileView[], context: StageContext): TileView | null {
  if (tiles.length < 2) return null;
  const pinned = tiles.find((tile) => tile.pinned);
  if (pinned) return pinned;
  const screen = tiles.find((tile) => tile.kind === 'screen');
  if (screen) return screen;
  if (context.layout === 'grid') return null;
  return tiles.find((tile) => tile.participant === context.activeSpeaker) ?? tiles[0] ?? null;
}

/** What needs somebody large overrides the grid. Two people side by side are this one and the other. */
function layoutOf(focus: TileView | null, { layout }: StageContext): Layout {
  if (layout === 'sideBySide') return layout;
  return focus ? 'speaker' : 'grid';
}

function tilesOf(person: RemoteParticipant, context: StageContext): TileView[] {
  const camera = cameraTile(person, context);
  if (person.media.screen !== 'live') return [camera];
  const key = `screen:${person.id}`;
  const screen: TileView = {
    ...camera,
    key,
    kind: 'screen',
    source: { type: 'screen', participant: person.id },
    picture: context.abilities.video === 'none' ? 'unseen' : 'on',
    muted: false,
    speaking: false,
    level: 0,
    pinned: context.pinned === key,
  };
  return [screen, camera];
}

function cameraTile(person: RemoteParticipant, context: StageContext): TileView {
  const figures = context.figures.get(person.id) ?? null;
  const key = `camera:${person.id}`;
  const name = person.name ?? context.someone;
  return {
    key,
    kind: 'camera',
    participant: person.id,
    name,
    initials: initialsOf(name),
    hue: colourOf(person.verified?.device ?? person.id),
    source: { type: 'camera', participant: person.id },
    picture: pictureOf(person, context),
    mirrored: false,
    link: person.link,
    reconnectingSeconds: person.link === 'reconnecting' ? context.reconnectingSeconds(person.id) : 0,
    muted: person.link === 'connected' && person.media.microphone !== 'live',
    quality: person.link === 'connected' ? (figures?.quality ?? 'good') : 'good',
    speaking: person.media.microphone === 'live' && context.speaks(person.id),
    level: context.levels.others.get(person.id) ?? 0,
    pinned: context.pinned === key,
    volume: person.volume,
    recognition: person.recognition,
    client: person.client,
    figures,
  };
}

function pictureOf({ client, media }: RemoteParticipant, { abilities }: StageContext): TileView['picture'] {
  if (client === 'browserWithoutVideo') return 'unseen';
  if (media.camera !== 'live') return 'off';
  return abilities.video === 'none' ? 'unseen' : 'on';
}

function selfTile(room: RoomSnapshot, context: StageContext): TileView {
  const { me } = room;
  return {
    key: 'self',
    kind: 'self',
    participant: me.id,
    name: context.you,
    initials: initialsOf(me.name),
    hue: colourOf(me.id ?? me.name),
    source: { type: 'self' },
    // As the others see it: what is left of a camera that was pulled out is none of its pictures.
    picture: me.camera.active && !me.camera.fault ? 'on' : 'off',
    mirrored: context.settings.mirrorSelf,
    link: 'connected',
    reconnectingSeconds: 0,
    muted: me.microphoneMuted || !me.microphone.active,
    quality: 'good',
    speaking: false,
    level: me.microphoneMuted ? 0 : context.levels.own,
    pinned: false,
    volume: 1,
    recognition: null,
    client: ownClientOf(context.abilities),
    figures: null,
  };
}

function barView(room: RoomSnapshot, { abilities, levels, sharing }: StageContext): BarView {
  const { me } = room;
  return {
    microphone: me.microphone.active ? (me.microphoneMuted ? 'muted' : 'on') : 'none',
    microphoneLevel: me.microphoneMuted ? 0 : levels.own,
    camera: me.camera.requested ? 'opening' : me.camera.active ? 'on' : 'off',
    sharing: sharing.requested ? 'opening' : sharing.active ? 'on' : 'off',
    waiting: room.waiting.length,
    people: room.others.length + 1,
    media: ownMediaOf(abilities),
    speakers: abilities.speakers,
    fullScreen: abilities.fullScreen,
    compact: abilities.compactWindow,
  };
}
