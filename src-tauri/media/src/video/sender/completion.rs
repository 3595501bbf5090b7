//! The answer to a request, given exactly once.

use crate::fault::ReplaceTrackError;

type Answer = Box<dyn FnOnce(Result<(), ReplaceTrackError>) + Send>;

/// Answers [`ReplaceTrackError::Closed`] when it is dropped without an answer.
pub(super) struct Completion(Option<Answer>);

impl Completion {
    pub(super) fn new(answer: impl FnOnce(Result<(), ReplaceTrackError>) + Send + 'static) -> Self {
        Self(Some(Box::new(answer)))
    }

    pub(super) fn complete(mut self, result: Result<(), ReplaceTrackError>) {
        self.answer(result);
    }

    fn answer(&mut self, result: Result<(), ReplaceTrackError>) {
        if let Some(answer) = self.0.take() {
            answer(result);
        }
    }
}

impl Drop for Completion {
    fn drop(&mut self) {
        self.answer(Err(ReplaceTrackError::Closed));
    }
}
