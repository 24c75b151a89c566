//! Every statement that reaches a watched database, in order.

use std::cell::RefCell;

thread_local! {
    /// Of one test: it has a thread of its own, and so have its statements, whichever tests share its process.
    static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

pub fn watch(sql: &str) {
    SEEN.with_borrow_mut(|seen| seen.push(sql.to_owned()));
}

/// The statements that something sent, and its result.
pub async fn statements_of<T>(work: impl Future<Output = T>) -> (T, Vec<String>) {
    SEEN.take();
    let result = work.await;
    (result, SEEN.take())
}
