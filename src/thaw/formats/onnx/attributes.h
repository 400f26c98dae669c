#pragma once

#include <map>
#include <string>

#include "thaw/core/config.h"
#include "thaw/formats/onnx/onnx.pb.h"

namespace thaw::onnx {

/// Attributes by name; they live as long as the model that was read.
using Attributes = std::map<std::string, const schema::Attribute*>;

/// Those of a node. In the body of a function, one that refers to the caller's is that one of
/// `of_call`, and absent where the caller has none.
Attributes attributes_of(const schema::Node& node, const Attributes& of_call);

/// Its type, though files of the first years leave it out.
schema::Attribute::Kind kind_of(const schema::Attribute& attribute);

/// A number, a text or a list of them; null for tensors and graphs. Floats are the doubles that
/// one writes for them: 1e-5, not 9.99999974e-06.
Config config_of(const schema::Attribute& attribute);

}  // namespace thaw::onnx
