"""What the page of verdicts says in words of its own: what verdicts, names and signs mean, where formulas stand."""

from __future__ import annotations

from collections.abc import Mapping

PLACES: Mapping[str, str] = {
    "1.mse": "Document 1, MSELoss",
    "1.linear": "Document 1, Module Linéaire",
    "1.tanh": "Document 1, Tangente hyperbolique",
    "1.sigmoid": "Document 1, Sigmoide",
    "1.softmax": "Document 1, Soft-max",
    "1.ce": "Document 1, Coût Cross-Entropique",
    "1.logsoftmax_ce": "Document 1, Combinaison de Softmax et coût cross-entropique",
    "1.autoencoder": "Document 1, Se compresser",
    "1.bce": "Document 1, Coût Cross-entropique binaire",
    "2.last": "Document 2, last layer with softmax",
    "2.fc": "Document 2, fully connected layer",
    "2.avgpool": "Document 2, average pooling layer",
    "2.conv": "Document 2, convolutional layer",
}
"""Where the formulas stand, in the documents' order, by the beginning of their ids."""

INTRODUCTION = r"""
# The documents' formulas, judged

Every formula of the two documents, as it is written there, with its verdict.

- **proven**: right, for all sizes and all values. What a document works out with numbers is right for these
  numbers, which stand below it.
- **definition**: what the document takes something to be. Where it takes one name for two things, the words
  below say which of them is meant.
- **refuted**: wrong as it is written. An example with small numbers shows it; below it stands what is right,
  which is proven.
- **incomplete**: right once something is added that the document does not say.

Document 2 writes its formulas for three units, for three inputs and two outputs, or for a kernel of 2 × 2 and an
output of 3 × 3. They are judged for these and for any number.

## Signs and names

Indices count from 1, as in the documents; in an image of document 2 they count from 0. $`:=`$ marks a
definition. A matrix is given by its entry in parentheses, followed by what counts its rows and its columns:
$`\left(W_{j i}\right)_{j; i}`$. A bracket that holds an equation, such as
$`\left[i = j\right]`$, is 1 where it holds and 0 elsewhere.

The number *h* of a layer is left out, and an index *n* says of which example an entry is; *m* and *q* are a second
example and a second entry.

| here | in document 1 |
| --- | --- |
| $`n`$, from 1 to $`N`$ | an example: $`i`$, or $`k`$ in $`\hat{y}_{k f}`$ and $`y_{k}`$, or left out |
| $`x`$, $`z`$ of a linear layer | $`z^{h-1}`$ and $`z^{h}`$ |
| $`W_{j i}`$ | $`w^{h}_{i j}`$, entry $`(j, i)`$ of $`W^{h}`$, from the input $`i`$ to the output $`j`$ |
| $`a`$, $`z`$ of TanH and of the sigmoid | $`a^{h}`$ and $`z^{h}`$, and $`x`$ where the function is introduced |
| $`a`$, $`p`$ of the softmax | $`x`$ and its softmax |
| $`k`$, from 1 to $`K`$ | a class: $`f`$ in $`\hat{y}_{k f}`$ |
| $`y_{n k}`$ | the one-hot target $`y`$ |
| $`t_{n}`$ | the index of the class of an example, which the document calls $`y`$ too, and $`y_{k}`$ |
| $`\ell_{n}`$ | the loss of one example: MSE, CE; $`\ell_{n i}`$ that of one entry: BCE |
| $`L`$ | Loss, and MSE of a batch: the sum of all $`\ell`$ |
| $`\partial L/\partial z`$ | $`\delta^{h}`$ of the layer with the output $`z`$ |

| here | in document 2 |
| --- | --- |
| $`E`$ | the Loss, of one example |
| $`K`$ | 3, the number of units of the last layer |
| $`n`$, $`m`$ | 3 and 2, the numbers of inputs and outputs of the fully connected layer |
| $`H`$, $`W`$; $`P`$, $`Q`$ | the sides of a and of b in average pooling |
| $`K`$, $`P`$ | 2 and 3, the sides of the kernel and of c in the convolution; a has the side $`K + P - 1`$ |
| $`\partial E/\partial c_{j}`$ | $`\partial E_{c_{j}}/\partial c_{j}`$ |
| every other name | as in the document |
""".lstrip()
