#pragma once

namespace thaw {

/// To be called first in main(), with its `argv`, so that threads that wait for each other do well
/// beside other programs. Changes no result.
///
/// Starts the program anew where that makes threads that wait for the next operation stay awake for
/// a hundredth of a millisecond. GCC's OpenMP takes 3 ms, and reads that from the environment
/// (GOMP_SPINCOUNT) before main() begins. Nothing is started where the environment says something
/// of it already, or where it cannot be.
///
/// Asks the system for turns of a tenth of a millisecond: Linux 6.12 and later then lets a thread
/// that wakes up go first, where it would wait for the end of another program's turn, some
/// milliseconds. Its share of the processor is what it was.
void restart_with_brief_waits(char** argv);

}  // namespace thaw
