#include "thaw/formats/torch/allowed_globals.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "thaw/core/error.h"

namespace thaw::torch {
namespace {

/// What a state dict needs.
constexpr auto allowed = std::to_array<std::string_view>(
    {"collections.OrderedDict", "torch.Size", "torch._utils._rebuild_tensor",
     "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter", "torch.FloatStorage",
     "torch.DoubleStorage", "torch.HalfStorage", "torch.BFloat16Storage", "torch.LongStorage",
     "torch.IntStorage", "torch.ShortStorage", "torch.CharStorage", "torch.ByteStorage",
     "torch.BoolStorage"});

/// Part of a name that came from the file, for a message.
std::string shown(std::string_view name) {
  std::string result;
  for (const char letter : name.substr(0, 80)) {
    const bool is_plain = letter > ' ' && letter < 0x7F;
    result += is_plain ? letter : '?';
  }
  return result;
}

}  // namespace

std::string allowed_global(std::string_view module, std::string_view name) {
  std::string full = std::string(module) + "." + std::string(name);
  if (std::ranges::find(allowed, full) != allowed.end()) return full;
  throw Error(fmt::format(
      "expected a state dict, which holds tensors alone, received a pickle that asks for {}, "
      "and code of a file is never run: in Python, torch.save(model.state_dict(), "
      "\"weights.pth\")",
      shown(full)));
}

}  // namespace thaw::torch
