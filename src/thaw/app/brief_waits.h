#pragma once

namespace thaw {

/// To be called first in main(), with its `argv`: starts the program anew where that makes threads
/// that wait for the next operation stay awake for a tenth of a millisecond. GCC's OpenMP takes 3
/// ms, in the way of the threads that decode images, and reads that from the environment
/// (GOMP_SPINCOUNT) before main() begins. Returns, and all runs as it is, where the environment
/// says something of it already or the program cannot be started anew. Changes no result.
void restart_with_brief_waits(char** argv);

}  // namespace thaw
