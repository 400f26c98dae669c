#pragma once

#include <optional>
#include <string>

#include "thaw/task/image_form.h"

namespace thaw::app {

/// Asks at the terminal how a model's images are prepared; nullopt where nobody can be asked
/// (standard input or standard error is no terminal) or nobody answers.
std::optional<std::string> ask_for_preprocessing(const UnknownPreprocessing& unknown);

}  // namespace thaw::app
