#pragma once

#include <optional>
#include <string>

#include "thaw/task/image_form.h"

namespace thaw::app {

/// Asks at the terminal how a model's images are prepared; nullopt where nobody can be asked
/// (standard input or standard error is no terminal) or nobody answers.
/// The answer is kept beside the model's file, and that is told.
std::optional<std::string> ask_for_preprocessing(const UnknownPreprocessing& unknown);

}  // namespace thaw::app
