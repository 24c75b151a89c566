//! Clocks, percentiles, and how fast memory is.

use std::hint::black_box;
use std::time::Instant;

/// CPU time of this thread, in microseconds.
pub fn cpu_micros() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a timespec of this frame.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

/// CPU time of another process (a backend of PostgreSQL), in microseconds.
pub fn cpu_micros_of(process: i32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/schedstat")).unwrap_or_default();
    text.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or(0.0) / 1e3
}

/// What one engine took for each question, in microseconds.
#[derive(Clone, Debug)]
pub struct Times {
    pub name: String,
    pub wall: Vec<f64>,
    pub cpu: Vec<f64>,
}

impl Times {
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), wall: Vec::new(), cpu: Vec::new() }
    }

    /// Times something; `cpu` reads the clock of whoever works.
    pub fn take<T>(&mut self, cpu: impl Fn() -> f64, work: impl FnOnce() -> T) -> T {
        let (cpu_before, start) = (cpu(), Instant::now());
        let answer = work();
        self.wall.push(start.elapsed().as_secs_f64() * 1e6);
        self.cpu.push(cpu() - cpu_before);
        answer
    }

    pub fn print(&self) {
        println!(
            "  {:<44} {:>6} {:>10.1} {:>10.1} {:>10.1} {:>10.1} {:>10.1}",
            self.name,
            self.wall.len(),
            at(&self.wall, 0.0),
            at(&self.wall, 0.5),
            at(&self.wall, 0.99),
            at(&self.cpu, 0.5),
            at(&self.cpu, 0.99)
        );
    }
}

/// The value below which a share of the list lies.
pub fn at(list: &[f64], share: f64) -> f64 {
    let mut sorted = list.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(((sorted.len().max(1) - 1) as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
}

/// Bytes a microsecond that one core reads from a list so long, best of several times.
pub fn bandwidth(bytes: usize) -> f64 {
    let list = vec![1u64; bytes / 8];
    let mut best = f64::MAX;
    for _ in 0..(1 << 30) / bytes + 5 {
        let start = Instant::now();
        let sums = black_box(&list).chunks_exact(8).fold([0u64; 8], |mut sums, chunk| {
            sums.iter_mut().zip(chunk).for_each(|(sum, word)| *sum ^= word);
            sums
        });
        black_box(sums);
        best = best.min(start.elapsed().as_secs_f64() * 1e6);
    }
    bytes as f64 / best
}
