#pragma once

#include <memory>
#include <vector>

#include "thaw/heads/algebra/moments.h"
#include "thaw/heads/algebra/reduced.h"

namespace thaw::algebra {

/// A HeadData made ready to be fitted: its rows reduced, and what belongs to each of them.
class Problem {
 public:
  /// Throws Error as check_head_data(), and where a fold leaves no image that counts.
  explicit Problem(const HeadData& data);

  const Matrix& rows() const { return reduced_.rows(); }
  bool is_lower() const { return reduced_.is_lower(); }           ///< nothing above the diagonal
  const Vector& weights() const { return weights_; }              ///< of rows
  const std::vector<int64_t>& labels() const { return labels_; }  ///< of rows
  int64_t images() const { return images_; }
  int64_t views() const { return rows().rows() / images_; }
  int64_t classes() const { return classes_; }
  int folds() const { return static_cast<int>(in_fold_.size()); }

  /// Numbers of the rows of a fold, all views.
  const std::vector<int64_t>& rows_of_fold(int fold) const {
    return in_fold_[static_cast<size_t>(fold)];
  }
  /// Numbers of the images of a fold, which are those of their rows of view 0.
  std::vector<int64_t> images_of_fold(int fold) const;
  /// By which folds a penalty is chosen: the first that have images that count, as many folds as it
  /// takes for two hundred of these, which tell one λ from another well enough; all, where there
  /// are not so many.
  std::vector<int> search_folds() const;

  /// Of all rows; made when first asked for.
  const Moments& moments() const;
  /// Of the rows that are in no such fold.
  Moments moments_without(int fold) const;
  LinearHead head_of(const Fit& fit) const { return reduced_.head_of(fit.kernel, fit.bias); }

  /// The negative log likelihood of logits, logits[i] being those of images[i], at the temperature
  /// that makes it least.
  double score(const std::vector<Matrix>& logits,
               const std::vector<std::vector<int64_t>>& images) const;

 private:
  Problem(const HeadData& data, const Vector& weights);
  void sort_into_folds(const std::vector<int>& folds);

  Vector weights_;
  Reduced reduced_;
  std::vector<int64_t> labels_;
  int64_t images_ = 0;
  int64_t classes_ = 0;
  std::vector<std::vector<int64_t>> in_fold_;
  mutable std::unique_ptr<Moments> moments_;
};

/// rows(numbers, all columns)
Matrix some_rows(const Matrix& rows, const std::vector<int64_t>& numbers);
/// all.row(numbers[i]) = some.row(i)
void put_rows(Matrix& all, const Matrix& some, const std::vector<int64_t>& numbers);

}  // namespace thaw::algebra
