#include "thaw/graph/output_dictionary.h"

#include "thaw/core/config.h"

namespace thaw {
namespace {

constexpr const char* noted_as = "outputs";

/// Which output it is, so that a part of the model, which has its metadata, is not taken for it.
Config place_of(const Symbol& output) {
  return Config::List{output.call()->layer.name(), output.index()};
}

}  // namespace

void keep_output_dictionary(const Functional& model, const std::vector<std::string>& keys) {
  Config noted(Config::List{});
  for (size_t i = 0; i < keys.size(); ++i)
    noted.append(Config::List{keys[i], place_of(model.outputs()[i])});
  model.metadata().set(noted_as, std::move(noted));
}

std::vector<std::string> output_dictionary(const Functional& model) {
  const Config* noted = model.metadata().find(noted_as);
  const auto& outputs = model.outputs();
  if (noted == nullptr || !noted->is_list() || noted->as_list().size() != outputs.size()) return {};
  std::vector<std::string> keys;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Config& one = noted->as_list()[i];
    if (!one.is_list() || one.as_list().size() != 2 || !one.as_list()[0].is_string() ||
        one.as_list()[1] != place_of(outputs[i]))
      return {};
    keys.push_back(one.as_list()[0].as_string());
  }
  return keys;
}

}  // namespace thaw
