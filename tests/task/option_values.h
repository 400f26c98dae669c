#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "thaw/task/option.h"

namespace thaw::testing {

/// Another value that the option may have.
std::string another_value(const Option& option, const std::map<std::string, std::string>& known);

/// Of options whose other values do not follow from what is said of them.
std::map<std::string, std::string> values_to_try(const std::filesystem::path& folder);

}  // namespace thaw::testing
