//! A request for another device, and the answer that is owed for it.

use std::time::{Duration, Instant};

use crate::fault::ReplaceTrackError;

/// How long a device may take to prove itself; devices give up before.
const PATIENCE: Duration = Duration::from_secs(5);

type Done = Box<dyn FnOnce(Result<(), ReplaceTrackError>) + Send>;

/// A request for another device. Answers [`ReplaceTrackError::Closed`] when it is dropped unanswered.
pub(super) struct Replacement<S> {
    /// What is asked for.
    pub(super) spec: S,
    since: Instant,
    done: Option<Done>,
}

impl<S> Replacement<S> {
    pub(super) fn new(spec: S, done: impl FnOnce(Result<(), ReplaceTrackError>) + Send + 'static) -> Self {
        Self { spec, since: Instant::now(), done: Some(Box::new(done)) }
    }

    /// Answers, and gives back what was asked for.
    pub(super) fn answer(mut self, result: Result<(), ReplaceTrackError>) -> S
    where
        S: Clone,
    {
        if let Some(done) = self.done.take() {
            done(result);
        }
        self.spec.clone()
    }

    /// Whether it took too long.
    pub(super) fn is_overdue(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.since) > PATIENCE
    }
}

impl<S> Drop for Replacement<S> {
    fn drop(&mut self) {
        if let Some(done) = self.done.take() {
            done(Err(ReplaceTrackError::Closed));
        }
    }
}

/// The last of some requests; those before are superseded by it.
pub(super) fn latest<S: Clone>(mut requests: Vec<Replacement<S>>) -> Option<Replacement<S>> {
    let last = requests.pop();
    for superseded in requests {
        superseded.answer(Err(ReplaceTrackError::Superseded));
    }
    last
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn each_request_is_answered_once() {
        let (answers, answered) = mpsc::channel();
        let request = |number: u32| {
            let answers = answers.clone();
            Replacement::new(number, move |result| answers.send((number, result)).unwrap())
        };
        let last = latest(vec![request(1), request(2), request(3)]).unwrap();
        assert_eq!(last.answer(Ok(())), 3);
        drop(request(4));
        let superseded = Err(ReplaceTrackError::Superseded);
        let expected = [(1, superseded), (2, superseded), (3, Ok(())), (4, Err(ReplaceTrackError::Closed))];
        assert_eq!(answered.try_iter().collect::<Vec<_>>(), expected);
    }
}
