#pragma once

namespace thaw::app {

/// To be called first in main(). What goes wrong with the three standard streams then costs no
/// more than what they would have shown: standard error that cannot be written (a full disk, a
/// terminal or pipe that is gone) is silent; a stream that the program was started without is
/// opened on /dev/null, so that no file of ours gets its number; writing past a limit (SIGXFSZ) or
/// into a broken pipe (SIGPIPE) is an error as any other, not the end of the process.
void secure_standard_streams();

/// Puts on its way what standard output still holds. Throws Error when that, or anything before,
/// could not be written.
void finish_standard_output();

}  // namespace thaw::app
