#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "support/error_of.h"
#include "thaw/core/random.h"
#include "thaw/heads/folds.h"
#include "thaw/heads/ridge.h"
#include "thaw/heads/unknown_detector.h"

namespace thaw {
namespace {

using testing::contains;
using testing::error_of;

constexpr int64_t columns = 6;

/// Numbers above 0 about one of `classes` centres, with another spread in each column.
HeadData clusters(int64_t images, int64_t classes, uint64_t seed) {
  Random random(seed);
  HeadData data{.features = Tensor({images, columns}), .labels = {}, .classes = classes};
  for (int64_t i = 0; i < images; ++i) {
    const int64_t label = i % classes;
    data.labels.push_back(label);
    for (int64_t c = 0; c < columns; ++c) {
      const float centre = c == label ? 9.0F : 3.0F;
      data.features.values()[static_cast<size_t>(i * columns + c)] =
          std::abs(centre + 0.2F * static_cast<float>(c + 1) * random.normal());
    }
  }
  data.folds = stratified_folds(data.labels, 5, seed);
  return data;
}

/// The features as the detector sees them: roots, of length 1.
std::vector<double> seen(const HeadData& data, int64_t row) {
  std::vector<double> u;
  double length = 0;
  for (int64_t c = 0; c < columns; ++c) {
    u.push_back(std::sqrt(double{data.features.values()[static_cast<size_t>(row * columns + c)]}));
    length += u.back() * u.back();
  }
  for (double& value : u) value /= std::sqrt(length);
  return u;
}

/// Means and shrunk covariance of the rows that are not of `fold`, and the squared distance of a
/// row to the nearest class, by solving with the whole matrix.
class ByDefinition {
 public:
  ByDefinition(const HeadData& data, int fold) : data_(data) {
    means_.assign(static_cast<size_t>(data.classes), std::vector<double>(columns, 0));
    std::vector<double> counts(static_cast<size_t>(data.classes), 0);
    for (int64_t i = 0; i < data.images(); ++i) {
      if (data.folds[static_cast<size_t>(i)] == fold) continue;
      const auto label = static_cast<size_t>(data.labels[static_cast<size_t>(i)]);
      const auto u = seen(data, i);
      for (size_t c = 0; c < u.size(); ++c) means_[label][c] += u[c];
      ++counts[label];
    }
    for (size_t k = 0; k < means_.size(); ++k)
      for (double& value : means_[k]) value /= counts[k];
    double n = 0;
    for (int64_t i = 0; i < data.images(); ++i) {
      if (data.folds[static_cast<size_t>(i)] == fold) continue;
      const auto apart = from_mean(i, static_cast<size_t>(data.labels[static_cast<size_t>(i)]));
      for (size_t a = 0; a < columns; ++a)
        for (size_t b = 0; b < columns; ++b) covariance_[a][b] += apart[a] * apart[b];
      ++n;
    }
    double trace = 0;
    for (size_t a = 0; a < columns; ++a) trace += covariance_[a][a];
    constexpr double shrinkage = 0.6;
    for (size_t a = 0; a < columns; ++a) {
      for (size_t b = 0; b < columns; ++b)
        covariance_[a][b] *= (1 - shrinkage) / (n - static_cast<double>(data.classes));
      covariance_[a][a] +=
          shrinkage * trace / (n - static_cast<double>(data.classes)) / double{columns};
    }
  }

  double nearest(int64_t row) const {
    double least = std::numeric_limits<double>::infinity();
    for (size_t k = 0; k < means_.size(); ++k) least = std::min(least, squared(from_mean(row, k)));
    return least;
  }

 private:
  std::vector<double> from_mean(int64_t row, size_t label) const {
    auto u = seen(data_, row);
    for (size_t c = 0; c < u.size(); ++c) u[c] -= means_[label][c];
    return u;
  }

  /// xᵀ Σ⁻¹ x by Gaussian elimination, which needs no pivots where Σ is positive definite.
  double squared(const std::vector<double>& x) const {
    auto a = covariance_;
    std::vector<double> y = x;
    for (size_t i = 0; i < columns; ++i) {
      for (size_t r = i + 1; r < columns; ++r) {
        const double factor = a[r][i] / a[i][i];
        for (size_t c = i; c < columns; ++c) a[r][c] -= factor * a[i][c];
        y[r] -= factor * y[i];
      }
    }
    for (size_t i = columns; i-- > 0;) {
      for (size_t c = i + 1; c < columns; ++c) y[i] -= a[i][c] * y[c];
      y[i] /= a[i][i];
    }
    return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
  }

  const HeadData& data_;
  std::vector<std::vector<double>> means_;
  std::array<std::array<double, columns>, columns> covariance_{};
};

double margin(std::span<const float> row) {
  std::vector<float> sorted(row.begin(), row.end());
  std::ranges::sort(sorted, std::greater<>());
  return double{sorted[0]} - double{sorted[1]};
}

/// Mean 0 and deviation 1.
void standardize(std::vector<double>& values) {
  const double n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean) / n;
  for (double& value : values) value = (value - mean) / std::sqrt(squares);
}

TEST(FitUnknownDetector, does_what_its_definition_says) {
  const HeadData data = clusters(90, 3, 11);
  HeadData roots = data;
  roots.groups = {{.columns = columns}};
  roots.features = data.features.clone();
  for (int64_t i = 0; i < data.images(); ++i) {
    const auto u = seen(data, i);
    std::ranges::copy(u, roots.features.rows(i, 1).data());
  }
  const RidgeFit ridge = fit_ridge(roots);
  const Tensor logits = ridge_out_of_fold(roots, ridge.penalty);
  std::vector<double> distances;
  std::vector<double> margins;
  for (int fold = 0; fold < 5; ++fold) {
    const ByDefinition others(data, fold);
    for (int64_t i = 0; i < data.images(); ++i) {
      if (data.folds[static_cast<size_t>(i)] != fold) continue;
      distances.push_back(std::log(others.nearest(i)));
      margins.push_back(margin(logits.rows(i, 1).values()));
    }
  }
  std::vector<double> sorted = margins;
  std::ranges::sort(sorted);
  const double most = sorted[66];  // ⌊0.75·89⌋
  for (double& value : margins) value = std::min(value, most);
  standardize(distances);
  standardize(margins);
  std::vector<double> scores;
  for (size_t i = 0; i < distances.size(); ++i) scores.push_back(distances[i] - 0.7 * margins[i]);
  standardize(scores);
  std::ranges::sort(scores);
  const UnknownDetector detector = fit_unknown_detector(data, 0.1);
  EXPECT_NEAR(detector.threshold(), scores[82 - 1], 1e-4);  // ⌈0.9·91⌉ = 82; features are floats

  const ByDefinition all(data, -1);
  for (int64_t i = 0; i < 5; ++i) {
    const double score =
        detector.parts().distance_weight * std::log(all.nearest(i)) -
        detector.parts().margin_weight *
            std::min(margin(ridge.head.logits(roots.features).rows(i, 1).values()), most) +
        detector.parts().offset;
    EXPECT_NEAR(detector.score(data.features.rows(i, 1).values()), score, 1e-3);
  }
}

/// The share of the rows that are refused.
double refused(const UnknownDetector& detector, const HeadData& data) {
  double count = 0;
  for (int64_t i = 0; i < data.images(); ++i)
    count += detector.is_unknown(detector.score(data.features.rows(i, 1).values())) ? 1 : 0;
  return count / static_cast<double>(data.images());
}

TEST(FitUnknownDetector, refuses_about_the_asked_share_of_new_images_of_its_classes) {
  for (const double rate : {0.05, 0.2}) {
    double share = 0;
    double strangers = 0;
    for (const uint64_t seed : {1, 2, 3, 4, 5}) {
      const UnknownDetector detector = fit_unknown_detector(clusters(120, 3, seed), rate);
      share += refused(detector, clusters(300, 3, seed + 100)) / 5;
      HeadData others = clusters(300, 4, seed + 200);  // a fourth of a class not seen
      strangers += 4 * (refused(detector, others) - rate * 3 / 4) / 5;
    }
    // Five sets of 120: the share's own deviation is about √(rate/600) + what fitting adds.
    EXPECT_GT(share, 0.5 * rate);
    EXPECT_LT(share, 1.5 * rate);
    EXPECT_GT(strangers, 0.95);
  }
}

TEST(FitUnknownDetector, few_images_suffice_and_the_largest_distance_is_the_threshold) {
  const HeadData data = clusters(8, 2, 5);
  const UnknownDetector detector = fit_unknown_detector(data, 0.05);
  EXPECT_LE(std::ssize(detector.parts().variances), 2);
  EXPECT_LE(refused(detector, data), 0.25);
  std::vector<float> stranger = {1, 1, 1, 1, 1, 90};
  EXPECT_TRUE(detector.is_unknown(detector.score(stranger)));
}

TEST(FitUnknownDetector, images_of_weight_0_and_classes_of_one_image_do_not_move_the_threshold) {
  HeadData data = clusters(60, 3, 6);
  const double before = fit_unknown_detector(data).threshold();
  HeadData more = data;
  more.features = Tensor({62, columns});
  std::ranges::copy(data.features.values(), more.features.data());
  std::ranges::fill(more.features.rows(60, 2).values(), 1.0F);
  more.features.values()[60 * columns] = 50;
  more.labels.insert(more.labels.end(), {0, 0});
  more.folds.insert(more.folds.end(), {0, 1});
  more.weights.assign(60, 1);
  more.weights.insert(more.weights.end(), {0, 0});
  EXPECT_NEAR(fit_unknown_detector(more).threshold(), before, 1e-9);
}

TEST(FitUnknownDetector, images_that_are_all_the_same_are_no_reason_to_fail) {
  HeadData data = clusters(20, 2, 7);
  std::ranges::fill(data.features.values(), 0.0F);
  EXPECT_TRUE(std::isfinite(fit_unknown_detector(data).threshold()));
  for (int64_t i = 0; i < 20; ++i) data.features.values()[static_cast<size_t>(i * columns)] = 1;
  EXPECT_TRUE(std::isfinite(fit_unknown_detector(data).threshold()));
}

TEST(FitUnknownDetector, many_images_are_thinned_out_class_by_class) {
  const HeadData data = clusters(4000, 4, 8);
  const UnknownDetector detector = fit_unknown_detector(data);
  EXPECT_NEAR(refused(detector, clusters(1000, 4, 9)), 0.05, 0.025);
}

TEST(FitUnknownDetector, the_same_data_give_the_same_bits) {
  const HeadData data = clusters(50, 3, 10);
  EXPECT_EQ(fit_unknown_detector(data).to_config(), fit_unknown_detector(data).to_config());
}

TEST(FitUnknownDetector, what_is_missing_is_told) {
  HeadData data = clusters(20, 2, 1);
  for (const double rate : {0.0, 1.0, -0.1, std::nan("")})
    EXPECT_TRUE(contains(error_of<UsageError>([&] { fit_unknown_detector(data, rate); }),
                         "above 0 and below 1"));
  data.folds.clear();
  EXPECT_TRUE(contains(error_of([&] { fit_unknown_detector(data); }), "folds: expected one"));
  data = clusters(2, 2, 1);
  data.folds = {0, 1};
  EXPECT_TRUE(contains(error_of([&] { fit_unknown_detector(data); }), "more images are needed"));
}

}  // namespace
}  // namespace thaw
