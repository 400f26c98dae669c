#include "fuzz/targets.h"

#include "thaw/core/error.h"
#include "thaw/formats/model_file.h"

namespace thaw::testing {
namespace {

/// As of Adam, so that states of optimizers are read too.
std::optional<std::vector<std::string>> two_slots(const Config&) {
  return {{"momentum", "velocity"}};
}

bool read_model(std::string bytes) {
  try {
    (void)read_model_bytes(std::move(bytes), {.optimizer_slots = two_slots});
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

bool read_h5(std::string bytes) {
  // libFuzzer need not find the first eight bytes by itself.
  if (!bytes.starts_with("\x89HDF\r\n\x1a\n")) bytes.insert(0, "\x89HDF\r\n\x1a\n");
  return read_model(std::move(bytes));
}

bool read_keras(std::string bytes) {
  if (!bytes.starts_with("PK")) bytes.insert(0, "PK");
  return read_model(std::move(bytes));
}

}  // namespace thaw::testing
