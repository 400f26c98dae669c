#pragma once

#include <string>
#include <string_view>

namespace thaw::torch {

/// "MODULE.NAME" of a global that a pickle asks for. Throws Error, which says its name, unless it
/// is one of those that a state dict needs: OrderedDict, Size, the storages and what makes tensors
/// of them.
std::string allowed_global(std::string_view module, std::string_view name);

}  // namespace thaw::torch
