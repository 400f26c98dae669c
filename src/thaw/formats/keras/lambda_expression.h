#pragma once

#include <string>

#include "thaw/graph/layer.h"

namespace thaw::keras {

/// What a Lambda layer computes, in words of its input x that a user gives in place of its Python
/// code: + − * / with numbers and lists of one number a channel, parentheses, and x[..., ::-1],
/// which turns the channels around. Example: "x[..., ::-1] - [103.9, 116.8, 123.7]".
/// Calls layers on `x` that compute it; the last is named `name`. Throws UsageError, with the place
/// in the text, for anything else.
Symbol apply_lambda(const std::string& expression, const Symbol& x, const std::string& name);

}  // namespace thaw::keras
