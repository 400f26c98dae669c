#include "fuzz/targets.h"

#include <vector>

#include "thaw/core/error.h"
#include "thaw/formats/model_file.h"
#include "thaw/train/compile_config.h"

namespace thaw::testing {
namespace {

bool read_model(std::string bytes) {
  try {
    const ModelFile content = read_model_bytes(std::move(bytes));
    std::vector<std::string> dropped;
    if (content.training) (void)compile_options_from(content.training->compile, dropped);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

bool read_h5(std::string bytes) {
  // libFuzzer should spend its time behind the first eight bytes.
  if (!bytes.starts_with("\x89HDF\r\n\x1a\n")) bytes.insert(0, "\x89HDF\r\n\x1a\n");
  return read_model(std::move(bytes));
}

bool read_keras(std::string bytes) {
  if (!bytes.starts_with("PK")) bytes.insert(0, "PK");
  return read_model(std::move(bytes));
}

}  // namespace thaw::testing
