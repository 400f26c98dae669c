#include <algorithm>
#include <cmath>

#include "thaw/core/error.h"
#include "thaw/train/describe_metric.h"

namespace thaw::metric_types {
namespace {

double quotient(double a, double b) { return b == 0 ? 0.0 : a / b; }

/// Positives and negatives above each threshold, the lowest first.
struct Above {
  std::vector<double> positives;
  std::vector<double> negatives;
};

/// Between thresholds true positives are linear in all positives, and the area below precision over
/// recall has a closed form (Davis and Goadrich 2006).
double area_of_precision(const Above& above) {
  const auto& tp = above.positives;
  double area = 0;
  for (size_t i = 0; i + 1 < tp.size(); ++i) {
    const double all = tp[i] + above.negatives[i];
    const double all_next = tp[i + 1] + above.negatives[i + 1];
    const double slope = quotient(tp[i] - tp[i + 1], std::max(all - all_next, 0.0));
    const double intercept = tp[i + 1] - slope * all_next;
    const double ratio = all > 0 && all_next > 0 ? all / all_next : 1.0;
    area += quotient(slope * (tp[i] - tp[i + 1] + intercept * std::log(ratio)), tp[0]);
  }
  return area;
}

/// Trapezoids below true positives' share over false positives' share.
double area_of_recall(const Above& above) {
  const auto& tp = above.positives;
  const auto& fp = above.negatives;
  double area = 0;
  for (size_t i = 0; i + 1 < tp.size(); ++i) {
    area += (quotient(fp[i], fp[0]) - quotient(fp[i + 1], fp[0])) *
            (quotient(tp[i], tp[0]) + quotient(tp[i + 1], tp[0])) / 2;
  }
  return area;
}

/// The area below the curve that evenly spaced thresholds draw: ROC, true positives' share over
/// false positives' share, or PR, precision over recall; interpolated as in Keras. Every column of
/// every row is one yes or no, as in Keras without multi_label.
struct Auc {
  int64_t num_thresholds = 200;
  std::string curve = "ROC";
  Only summation_method{"interpolation"};

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("num_thresholds", num_thresholds);
    visit("curve", curve);
    visit("summation_method", summation_method);
  }

  /// What lies between a threshold and the next: positives, then negatives.
  size_t sums(int64_t) const {
    if (num_thresholds < 2) {
      throw UsageError("auc: expected num_thresholds of 2 or more, received " +
                       std::to_string(num_thresholds));
    }
    if (curve != "ROC" && curve != "PR")
      throw UsageError("auc: expected a curve of ROC or PR, received \"" + curve + "\"");
    return static_cast<size_t>(2 * num_thresholds);
  }

  void add(const BatchResult& batch, std::span<double> sums) const {
    const std::vector<float> outputs = batch.model_outputs();
    const auto steps = static_cast<float>(num_thresholds - 1);
    for (int64_t i = 0; i < batch.rows * batch.columns; ++i) {
      const float y = outputs[static_cast<size_t>(i)];
      if (!(y >= 0 && y <= 1)) {
        throw Error("auc: expected outputs from 0 to 1, received " + std::to_string(y) +
                    ": the model must end in sigmoid or softmax");
      }
      const float bucket = std::max(std::ceil(y * steps) - 1, 0.0F);
      const float t = batch.target(i / batch.columns, i % batch.columns, "auc");
      sums[static_cast<size_t>(bucket) + (t != 0 ? 0 : sums.size() / 2)] += 1;
    }
  }

  double values(std::span<const double> sums) const {
    const size_t count = sums.size() / 2;
    Above above{std::vector<double>(count), std::vector<double>(count)};
    double positives = 0;
    double negatives = 0;
    for (size_t i = count; i-- > 0;) {
      above.positives[i] = positives += sums[i];
      above.negatives[i] = negatives += sums[count + i];
    }
    return curve == "PR" ? area_of_precision(above) : area_of_recall(above);
  }
};

}  // namespace

extern const MetricType auc;
constinit const MetricType auc = describe_metric<Auc>("auc", "AUC");

}  // namespace thaw::metric_types
