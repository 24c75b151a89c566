//! Every statement that reaches a watched database, in order.

use std::sync::{Mutex, MutexGuard};

static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn seen() -> MutexGuard<'static, Vec<String>> {
    SEEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

pub fn watch(sql: &str) {
    seen().push(sql.to_owned());
}

/// The statements that something sent, and its result. One test at a time may ask: nextest gives each a process.
pub async fn statements_of<T>(work: impl Future<Output = T>) -> (T, Vec<String>) {
    seen().clear();
    let result = work.await;
    (result, std::mem::take(&mut *seen()))
}
