// The room's key is behind the '#' of this page's address, where no server sees it: so the app's link is made here.
const link = document.getElementById('open');
link.href = `conclave://${location.host}${location.pathname}${location.hash}`;
link.hidden = location.hash === '';
document.getElementById('missing').hidden = location.hash !== '';
