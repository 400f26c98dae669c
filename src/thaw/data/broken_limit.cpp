#include "thaw/data/broken_limit.h"

#include <fmt/format.h>

namespace thaw {

void BrokenLimit::add(const std::string& file, const std::string& why) {
  const std::scoped_lock lock(mutex_);
  broken_.insert(file);
  const auto most = allowed_part_ * static_cast<double>(images_);
  if (static_cast<double>(broken_.size()) <= most) return;
  throw TooManyBroken(
      fmt::format("expected at most {:g} % of {} images to be unreadable, received {} or more; one "
                  "of them: {}; mend or remove them, or allow more with --allowed-broken",
                  100 * allowed_part_, images_, broken_.size(), why));
}

std::set<std::string> BrokenLimit::files() const {
  const std::scoped_lock lock(mutex_);
  return broken_;
}

}  // namespace thaw
