#include <algorithm>
#include <cmath>
#include <optional>

#include "thaw/core/error.h"
#include "thaw/train/describe_metric.h"

namespace thaw::metric_types {
namespace {

constexpr double epsilon = 1e-7;

/// 2·p·r/(p + r) of precision p and recall r, class by class: "[0]", "[1]", …, as Keras's F1Score
/// is without options. With average: one number, the mean over classes (macro), that weighted with
/// how many rows a class has (weighted), or of all classes' counts together (micro). A row is a yes
/// for its largest output, or, given a threshold, for each above that. A model of one column has
/// the threshold 0.5: Keras would compare it with itself and call each row a yes.
struct F1Score {
  std::optional<std::string> average = {};
  std::optional<double> threshold = {};

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("average", average);
    visit("threshold", threshold);
  }

  /// A class: true positives, false positives, false negatives.
  size_t sums(int64_t columns) const {
    const bool is_known =
        !average || *average == "macro" || *average == "micro" || *average == "weighted";
    if (!is_known) {
      throw UsageError("f1_score: expected an average of macro, micro or weighted, received \"" +
                       *average + "\"");
    }
    return static_cast<size_t>(3 * columns);
  }

  void add(const BatchResult& batch, std::span<double> sums) const {
    const std::vector<float> outputs = batch.model_outputs();
    for (int64_t row = 0; row < batch.rows; ++row) {
      const float* y = outputs.data() + row * batch.columns;
      const float largest = *std::max_element(y, y + batch.columns);
      for (int64_t c = 0; c < batch.columns; ++c) {
        const bool yes = threshold || batch.columns == 1
                             ? y[c] > static_cast<float>(threshold.value_or(0.5))
                             : y[c] >= largest && std::abs(y[c]) > 1e-9F;
        const double t = batch.target(row, c, "f1_score");
        const auto at = static_cast<size_t>(3 * c);
        sums[at] += yes ? t : 0;
        sums[at + 1] += yes ? 1 - t : 0;
        sums[at + 2] += yes ? 0 : t;
      }
    }
  }

  static double score(double true_positives, double false_positives, double false_negatives) {
    const double precision = true_positives / (true_positives + false_positives + epsilon);
    const double recall = true_positives / (true_positives + false_negatives + epsilon);
    return 2 * precision * recall / (precision + recall + epsilon);
  }

  std::vector<MetricValue> values(std::span<const double> sums) const {
    const size_t classes = sums.size() / 3;
    double together[3] = {};
    std::vector<MetricValue> each;
    double mean = 0;
    double weighted = 0;
    for (size_t c = 0; c < classes; ++c) {
      const auto of = sums.subspan(3 * c, 3);
      for (size_t i = 0; i < 3; ++i) together[i] += of[i];
      each.push_back({"[" + std::to_string(c) + "]", score(of[0], of[1], of[2])});
      mean += each.back().value / static_cast<double>(classes);
      weighted += each.back().value * (of[0] + of[2]);
    }
    if (!average) return each;
    if (*average == "micro") return {{"", score(together[0], together[1], together[2])}};
    if (*average == "macro") return {{"", mean}};
    return {{"", weighted / (together[0] + together[2] + epsilon)}};
  }
};

}  // namespace

extern const MetricType f1_score;
constinit const MetricType f1_score = describe_metric<F1Score>("f1_score", "F1Score");

}  // namespace thaw::metric_types
