#include "thaw/train/metric.h"

#include "thaw/core/named.h"

namespace thaw {
namespace {

bool is_accuracy(std::string_view name) { return name == "accuracy" || name == "acc"; }

}  // namespace

namespace metric_types {

std::string names() { return "accuracy, " + names_of(all()); }

const MetricType& find(std::string_view name, int64_t columns, int64_t target_columns) {
  if (is_accuracy(name)) {
    name = columns == 1          ? "binary_accuracy"
           : target_columns == 1 ? "sparse_categorical_accuracy"
                                 : "categorical_accuracy";
  }
  if (const MetricType* type = find_named_or_null(all(), name)) return *type;
  throw UsageError("metric: expected one of " + names() + ", received \"" + std::string(name) +
                   "\"");
}

}  // namespace metric_types

void check_metric(std::string_view text) {
  const Choice choice = parse_choice(text);
  // "accuracy" stands for one of several metrics, none of which it can give options.
  const bool is_any = is_accuracy(choice.name);
  const MetricType* type = is_any ? nullptr : &metric_types::find(choice.name, 0, 0);
  with_context("metric " + choice.name, [&] {
    if (type != nullptr) {
      type->make(choice.options);
    } else if (!choice.options.as_map().empty()) {
      throw UsageError("expected no options: it stands for one of several metrics");
    }
  });
}

bool larger_is_better(std::string_view name) {
  std::string_view metric = name.substr(0, name.find('['));
  if (metric.starts_with("val_")) metric.remove_prefix(std::string_view("val_").size());
  if (metric == "loss") return false;
  if (is_accuracy(metric)) return true;
  const MetricType* type = find_named_or_null(metric_types::all(), metric);
  if (type == nullptr || type->better == MetricType::Better::neither) {
    throw UsageError("whether a larger or a smaller " + std::string(name) +
                     " is better is not known: give mode=max or mode=min");
  }
  return type->better == MetricType::Better::larger;
}

}  // namespace thaw
