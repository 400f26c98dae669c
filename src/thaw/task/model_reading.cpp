#include "thaw/task/model_reading.h"

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/task/option.h"

namespace thaw {
namespace {

std::string trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(' ');
  return first == std::string::npos ? ""
                                    : text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

/// "lambda=x/255; lambda_1=x-1"
LambdaExpressions read_lambdas(const std::string& text) {
  LambdaExpressions result;
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find(';', start), text.size());
    const std::string one = text.substr(start, end - start);
    const size_t sign = one.find('=');
    if (sign == std::string::npos || trimmed(one.substr(0, sign)).empty()) {
      throw UsageError(
          "expected a layer's name and what it computes (lambda_1=x/127.5-1), several "
          "separated by semicolons, received \"" +
          text + "\"");
    }
    result[trimmed(one.substr(0, sign))] = trimmed(one.substr(sign + 1));
    start = end + 1;
  }
  return result;
}

std::string write_lambdas(const LambdaExpressions& lambdas) {
  std::string text;
  for (const auto& [name, expression] : lambdas)
    text += (text.empty() ? "" : "; ") + name + "=" + expression;
  return text;
}

}  // namespace

void describe_lambdas(LambdaExpressions& lambdas, OptionList& options) {
  options.add("lambda", lambdas, &read_lambdas, &write_lambdas,
              {.help = "what a Lambda layer of the file computes, whose Python code is never run: "
                       "its name = + - * / of its input x, numbers and lists of one a channel, and "
                       "x[..., ::-1]; several separated by semicolons",
               .value = "NAME=EXPRESSION",
               .usual = "such a layer is an error"});
}

void ModelReading::describe(OptionList& options) {
  describe_lambdas(lambdas, options);
  options.add("weights", weights,
              {.help = "the file of the weights, where the model is an architecture alone "
                       "(model.to_json())",
               .value = "FILE",
               .completes = Completes::file});
}

void ModelReading::add_to(LoadOptions& options) const {
  options.weights = weights.value_or("");
  options.lambdas = lambdas;
}

}  // namespace thaw
