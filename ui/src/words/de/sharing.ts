import type { sharing as english } from '../en/sharing';

export const sharing: typeof english = {
  screenNotShared: {
    notFound: 'Dieses Fenster oder dieser Bildschirm ist nicht mehr da. Wähle etwas anderes.',
    closed: 'Dieses Fenster oder dieser Bildschirm ist nicht mehr da. Wähle etwas anderes.',
    minimised: 'Ein minimiertes Fenster zeigt nichts. Öffne es und teile es dann.',
    permissionDenied: 'Das System zeigt dieser App keine Bildschirme. Erlaube es in den Systemeinstellungen.',
    unavailable: 'In einer Sitzung dieser Art können keine Bildschirme geteilt werden.',
    failed: 'Das Teilen ging nicht. Wähle ein anderes Fenster oder einen anderen Bildschirm.',
  },
  sharingEnded: {
    notFound: 'Das Teilen ist zu Ende: das Fenster oder der Bildschirm ist weg.',
    closed: 'Das Teilen ist zu Ende: das Fenster wurde geschlossen.',
    minimised: 'Das Teilen ist zu Ende: das Fenster zeigt nichts mehr.',
    permissionDenied: 'Das Teilen ist zu Ende: das System erlaubt es nicht mehr.',
    unavailable: 'Das Teilen ist zu Ende: Bildschirme sind nicht mehr verfügbar.',
    failed: 'Das Teilen ist zu Ende: der Bildschirm ist nicht mehr lesbar.',
  },
};
