#pragma once

namespace thaw::cpu {

/// Whether OpenMP's threads sleep soon after they ran out of work, or spin for some milliseconds:
/// in the way of the threads that decode images and of other programs, but awake at once when the
/// next operation comes.
void let_idle_threads_sleep(bool sleep);

}  // namespace thaw::cpu
