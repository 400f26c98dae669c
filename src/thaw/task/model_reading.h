#pragma once

#include <map>
#include <optional>
#include <string>

#include "thaw/formats/model_file.h"

namespace thaw {

class OptionList;

/// What Lambda layers compute, by their names: {"lambda_1", "x/127.5-1"}.
using LambdaExpressions = std::map<std::string, std::string>;

/// Adds the option "lambda" with this place.
void describe_lambdas(LambdaExpressions& lambdas, OptionList& options);

/// What a model file does not say by itself.
struct ModelReading {
  LambdaExpressions lambdas = {};
  std::optional<std::string> weights = {};  ///< of a file of the architecture alone

  void describe(OptionList& options);
  /// Sets what it says in `options`.
  void add_to(LoadOptions& options) const;
};

}  // namespace thaw
