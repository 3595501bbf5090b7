//! Video between a camera and a link, and between a link and a screen.
