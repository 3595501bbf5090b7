// Counts what becomes of every RTCPeerConnection of a page; runs before the page's own scripts.
(() => {
    const Native = window.RTCPeerConnection;
    if (!Native || window.watchedConnections) return;
    const watched = [];
    const counted = (connection) => watched.find((of) => of.connection === connection);
    const described = (of, described, kind) =>
        described.then(
            () => void kind(),
            (error) => {
                of.failures.push(`${error}`);
                throw error;
            },
        );

    class Watched extends Native {
        constructor(...parameters) {
            super(...parameters);
            const of = { connection: this, local: [], remote: [], restarts: 0, negotiations_needed: 0, failures: [] };
            watched.push(of);
            this.addEventListener('negotiationneeded', () => of.negotiations_needed++);
        }

        restartIce() {
            counted(this).restarts++;
            super.restartIce();
        }

        createOffer(...parameters) {
            if (parameters[0]?.iceRestart) counted(this).restarts++;
            return super.createOffer(...parameters);
        }

        setLocalDescription(...parameters) {
            const of = counted(this);
            const rollback = parameters[0]?.type === 'rollback';
            return described(of, super.setLocalDescription(...parameters), () =>
                of.local.push(rollback ? 'rollback' : this.localDescription.type),
            );
        }

        setRemoteDescription(...parameters) {
            const of = counted(this);
            return described(of, super.setRemoteDescription(...parameters), () => of.remote.push(parameters[0].type));
        }
    }

    window.RTCPeerConnection = Watched;
    Object.defineProperty(window, 'watchedConnections', { value: watched });
})();
