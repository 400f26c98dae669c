// ONNX's Einsum of one or two factors: "bhqd,bhkd->bhqk" becomes transposes, a product of matrices
// and reshapes.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "thaw/core/error.h"
#include "thaw/formats/import/rule.h"

namespace thaw::foreign {
namespace {

struct Equation {
  std::vector<std::string> factors;  ///< a letter for each axis
  std::string result;
};

bool has(const std::string& letters, char letter) {
  return letters.find(letter) != std::string::npos;
}

/// Letters for the axes of "...", which no equation has itself.
std::string unnamed(size_t count) {
  std::string letters;
  for (size_t i = 0; i < count; ++i) letters += static_cast<char>('0' + i);
  return letters;
}

/// "ab...c" for a value of `rank` axes; `dots` is how many axes "..." stands for.
std::string spelled(const std::string& term, size_t dots) {
  const size_t place = term.find("...");
  if (place == std::string::npos) return term;
  return term.substr(0, place) + unnamed(dots) + term.substr(place + 3);
}

std::vector<std::string> terms_of(const std::string& text) {
  std::vector<std::string> terms(1);
  for (const char c : text) {
    if (c == ',')
      terms.emplace_back();
    else
      terms.back() += c;
  }
  return terms;
}

/// Where the equation does not say, the result has the letters that come once, sorted.
std::string usual_result(const std::vector<std::string>& factors) {
  std::map<char, int> counts;
  for (const std::string& factor : factors)
    for (const char letter : factor) ++counts[letter];
  std::string result;
  for (const auto& [letter, count] : counts)
    if (count == 1 || ('0' <= letter && letter <= '9')) result += letter;
  return result;
}

Equation parse(const RuleCall& call) {
  std::string text = call.text("equation", "");
  std::erase(text, ' ');
  const size_t arrow = text.find("->");
  Equation equation;
  const std::vector<std::string> terms = terms_of(text.substr(0, arrow));
  const auto refuse = [&](const char* wanted) {
    return Error(fmt::format("equation: expected {}, received \"{}\"", wanted, text));
  };
  if (terms.size() != call.input_count() || terms.empty() || terms.size() > 2)
    throw refuse("one or two factors, and an input for each");
  size_t dots = 0;
  for (size_t i = 0; i < terms.size(); ++i) {
    const auto rank = static_cast<size_t>(call.make.shape_of(call.input(i)).rank());
    if (terms[i].find("...") == std::string::npos) continue;
    const size_t letters = terms[i].size() - 3;
    if (letters > rank || rank - letters > 8) throw refuse("as many letters as axes");
    if (dots != 0 && dots != rank - letters) throw refuse("\"...\" of as many axes everywhere");
    dots = rank - letters;
  }
  for (size_t i = 0; i < terms.size(); ++i) {
    equation.factors.push_back(spelled(terms[i], dots));
    if (equation.factors[i].size() != static_cast<size_t>(call.make.shape_of(call.input(i)).rank()))
      throw refuse("as many letters as axes");
  }
  equation.result = arrow == std::string::npos ? usual_result(equation.factors)
                                               : spelled(text.substr(arrow + 2), dots);
  for (const std::string* letters :
       {&equation.factors.front(), &equation.factors.back(), &equation.result}) {
    std::string sorted = *letters;
    std::ranges::sort(sorted);
    if (std::ranges::adjacent_find(sorted) != sorted.end()) throw refuse("each letter once a term");
  }
  return equation;
}

/// A factor and a letter for each of its axes.
struct Factor {
  Value value;
  std::string letters;
};

Factor summed(Assembler& make, Factor factor, const std::string& elsewhere) {
  std::vector<int64_t> axes;
  std::string left;
  for (size_t i = 0; i < factor.letters.size(); ++i) {
    if (has(elsewhere, factor.letters[i]))
      left += factor.letters[i];
    else
      axes.push_back(static_cast<int64_t>(i));
  }
  if (!axes.empty()) factor.value = make.reduce(Reduction::sum, factor.value, axes, false);
  factor.letters = left;
  return factor;
}

Factor ordered(Assembler& make, const Factor& factor, const std::string& letters) {
  if (factor.letters == letters) return factor;
  std::vector<int64_t> order;
  for (const char letter : letters) {
    const size_t place = factor.letters.find(letter);
    if (place == std::string::npos)
      throw Error(fmt::format("equation: expected \"{}\" in a factor", letter));
    order.push_back(static_cast<int64_t>(place));
  }
  return {make.transpose(factor.value, order), letters};
}

/// The factors' letters by what becomes of them.
struct Roles {
  std::string kept;    ///< in both factors and the result
  std::string summed;  ///< in both factors alone
  std::string left, right;
};

Roles roles_of(const Factor& a, const Factor& b, const std::string& result) {
  Roles roles;
  for (const char letter : a.letters) {
    if (!has(b.letters, letter))
      roles.left += letter;
    else
      (has(result, letter) ? roles.kept : roles.summed) += letter;
  }
  for (const char letter : b.letters)
    if (!has(a.letters, letter)) roles.right += letter;
  return roles;
}

/// `before` axes as they are, then those of the two groups as one axis each.
Value grouped(Assembler& make, const Value& x, size_t before, size_t first, size_t second) {
  if (first == 1 && second == 1) return x;
  const Shape shape = make.shape_of(x);
  const auto sizes = shape.sizes();
  std::vector<int64_t> wanted(sizes.begin(), sizes.begin() + static_cast<ptrdiff_t>(before));
  const auto product = [&](size_t from, size_t count) {
    int64_t all = 1;
    for (size_t i = from; i < from + count; ++i) all *= sizes[i];
    return all;
  };
  wanted.push_back(product(before, first));
  wanted.push_back(product(before + first, second));
  return make.reshape(x, wanted);
}

Factor multiplied(Assembler& make, const Factor& a, const Factor& b, const std::string& result) {
  const Roles roles = roles_of(a, b, result);
  const size_t kept = roles.kept.size();
  const Factor left = ordered(make, a, roles.kept + roles.left + roles.summed);
  const Factor right = ordered(make, b, roles.kept + roles.summed + roles.right);
  const Value y =
      make.matmul(grouped(make, left.value, kept, roles.left.size(), roles.summed.size()),
                  grouped(make, right.value, kept, roles.summed.size(), roles.right.size()));
  std::vector<int64_t> sizes;
  const Shape left_shape = make.shape_of(left.value);
  const Shape right_shape = make.shape_of(right.value);
  for (size_t i = 0; i < kept + roles.left.size(); ++i)
    sizes.push_back(left_shape[static_cast<int>(i)]);
  for (size_t i = 0; i < roles.right.size(); ++i)
    sizes.push_back(right_shape[static_cast<int>(kept + roles.summed.size() + i)]);
  const bool is_grouped = roles.left.size() != 1 || roles.right.size() != 1;
  return {is_grouped ? make.reshape(y, sizes) : y, roles.kept + roles.left + roles.right};
}

std::vector<Value> einsum(const RuleCall& call) {
  const Equation equation = parse(call);
  Assembler& make = call.make;
  Factor factor{call.input(0), equation.factors[0]};
  if (equation.factors.size() == 1) {
    factor = summed(make, factor, equation.result);
  } else {
    Factor other{call.input(1), equation.factors[1]};
    factor = summed(make, factor, other.letters + equation.result);
    other = summed(make, other, factor.letters + equation.result);
    // What is known goes to the right, where it is the kernel of a Dense.
    const bool swaps = factor.value.is_known() && !other.value.is_known();
    factor = swaps ? multiplied(make, other, factor, equation.result)
                   : multiplied(make, factor, other, equation.result);
  }
  return {ordered(make, factor, equation.result).value};
}

constexpr Rule rules[] = {{"onnx:Einsum", &einsum}};

}  // namespace

namespace rule_families {
extern const RuleFamily onnx_einsum;
constinit const RuleFamily onnx_einsum{rules};
}  // namespace rule_families

}  // namespace thaw::foreign
