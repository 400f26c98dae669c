#pragma once

namespace thaw::cpu {

/// Makes OpenMP's threads sleep soon after they ran out of work, instead of spinning for
/// milliseconds in the way of the threads that decode images and of other programs.
void let_idle_threads_sleep();

}  // namespace thaw::cpu
