#include "thaw/core/files.h"
#include "thaw/core/variable.h"
#include "thaw/formats/format.h"

namespace thaw::model_formats {
namespace {

constexpr std::string_view counts_endings[] = {".counts"};
constexpr std::string_view mark = "weights:";

bool is_counts(const ModelInput& input) { return input.start() == mark; }

/// How many numbers each weight has, for those who do not believe it.
void write_counts(const Functional& model, const std::filesystem::path& path) {
  std::string text(mark);
  for (const Layer& layer : model.layers())
    for (const VariablePtr& variable : layer.variables())
      text += " " + std::to_string(variable->shape().elements());
  write_file(path, text + "\n");
}

}  // namespace

extern const ModelFormat counts;
const ModelFormat counts{.name = "counts",
                         .what = "the number of weights",
                         .endings = counts_endings,
                         .is_it = &is_counts,
                         .read = nullptr,
                         .read_weights = nullptr,
                         .write = nullptr,
                         .write_weights = &write_counts};

}  // namespace thaw::model_formats
