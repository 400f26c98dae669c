#include "thaw/applications/own_options.h"

#include <fmt/format.h>

#include "thaw/core/error.h"

namespace thaw::applications {
void check_alpha(double alpha) {
  if (!(alpha >= 0.03125 && alpha <= 16))
    throw UsageError(fmt::format("expected an alpha from 0.03125 to 16, received {}", alpha));
}

void check_dropout(double rate) {
  if (!(rate >= 0 && rate < 1))
    throw UsageError(
        fmt::format("expected a dropout of at least 0 and below 1, received {}", rate));
}

}  // namespace thaw::applications
