#pragma once

#include <string>
#include <vector>

#include "thaw/graph/functional.h"

namespace thaw::applications {

struct Place;

/// A model in two: its base, which gives an image, and the head that makes classes of that.
class Division {
 public:
  /// Divides `model` behind the last image-shaped value that all of its output depends on: what the
  /// last global pooling reads, or else the last image larger than 1×1; in the network that it
  /// wraps (network_of()), so that layers added to that are head. A convolution to the classes in
  /// front of the global pooling is head too, told by the softmax or sigmoid behind it or the
  /// number of classes in the metadata. Of a base whose taps the head reads (with_taps()) the base
  /// is that without them. Of a known network (recognize()) the base is the model
  /// without top. Throws Error when no layer gives an image.
  explicit Division(const Functional& model);

  /// Layers are shared with the model. With what stands before the network, nested as it was;
  /// the network alone where nothing does.
  const Functional& base() const { return base_; }

  /// The names of the head's layers, each after those it reads from; empty when the model has no
  /// head.
  std::vector<std::string> dropped() const;

  /// "layers up to 'add_4' (24 of 31); dropped: conv2d_7, predictions": what is kept, in Keras's
  /// count of the network's layers, and what is not. "goes on" instead of "dropped" for a head that
  /// is not.
  std::string told(bool head_goes_on = false) const;

  /// Whether the model ends in a softmax or a sigmoid: not in logits.
  bool gives_probabilities() const { return gives_probabilities_; }

  /// Whether the head reads values from within the base, not only the image that it gives: it then
  /// goes on with the whole model alone, of which the base shares all layers.
  bool is_tapped() const { return is_tapped_; }

  /// What the head makes of another image than the base's: its layers called again. Throws Error
  /// when their weights do not fit the image.
  Symbol head_of(const Symbol& image) const;

 private:
  /// A model that holds the end of the base: itself, or in the model nested at `end`.
  struct Level {
    Functional model;
    Symbol end;
    /// The calls that `end` does not need.
    std::vector<std::shared_ptr<const Call>> behind() const;
  };

  static std::vector<Level> levels_at(const Place& place);
  std::vector<std::shared_ptr<const Call>> behind() const;
  Functional up_to_end() const;

  std::vector<Level> levels_;  ///< the innermost first
  Functional base_;
  bool gives_probabilities_ = false;
  bool is_tapped_ = false;
  bool is_of_sequential_ = false;  ///< the network, before anything was dropped
  size_t network_layers_ = 0;      ///< before anything was dropped
};

}  // namespace thaw::applications
