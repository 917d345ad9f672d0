# %% [markdown] lang="en"
# # Axis 2: activation functions
#
# **Question.** ReLU, tanh or sigmoid: which one learns fastest, and why?
#
# Everything except the activation is as in axis 1. A tenth of the training images is held out to compare the trials
# (validation); the test set is for judging at the end and does not influence the ranking.

# %% [markdown] lang="fr"
# # Axe 2 : les fonctions d’activation
#
# **Question.** ReLU, tanh ou sigmoïde : laquelle apprend le plus vite, et pourquoi ?
#
# Tout sauf l’activation est comme dans l’axe 1. Un dixième des images d’entraînement est réservé à la comparaison des
# essais (validation) ; le jeu de test sert à juger à la fin et n’influence pas le classement.

# %%
import tp_sweep

# %% [markdown] lang="en"
# ## The sweep
#
# `grid` lists what varies: three activations. `repeats: 3` trains each on three splits, so that the report can tell a
# real difference from chance.

# %% [markdown] lang="fr"
# ## Le balayage
#
# `grid` donne ce qui varie : trois activations. `repeats: 3` entraîne chacune sur trois partages, pour que le rapport
# puisse distinguer une vraie différence du hasard.

# %% sweep="axe2"

# %% [markdown] lang="en"
# ## The training

# %% [markdown] lang="fr"
# ## L’entraînement

# %%
results = tp_sweep.run("sweeps/axe2.yaml")
results

# %% [markdown] lang="en"
# ## The results
#
# `mean_epochs_to_target` is the mean, over the splits, of the first epoch that reaches 90 % accuracy on the
# validation images.

# %% [markdown] lang="fr"
# ## Les résultats
#
# `mean_epochs_to_target` est la moyenne, sur les partages, de la première époque qui atteint 90 % d’exactitude sur
# les images de validation.

# %%
results.trials()[
    [
        "param_model.activation",
        "mean_val_accuracy",
        "std_val_accuracy",
        "mean_val_loss",
        "mean_epochs_to_target",
        "profile_seconds_per_epoch",
    ]
]

# %%
results.figure("learning-curves")

# %% [markdown] lang="en"
# TensorBoard shows the same curves, epoch by epoch (if it is not installed, the report appears instead):

# %% [markdown] lang="fr"
# TensorBoard montre les mêmes courbes, époque par époque (s’il n’est pas installé, le rapport s’affiche à la place) :

# %%
results.tensorboard()

# %% [markdown] lang="en"
# ## Exercises
#
# **1.** The derivative of the sigmoid is at most 1/4, that of tanh at most 1. What happens to the gradient of the
# first layer of a deep network? Write down your guess, then train six hidden layers for one epoch:
# `tp_sweep.run("sweeps/axe2.yaml", set={"model.layers": 6, "training.epochs": 1, "name": "axe2-deep"})`, and look at
# the gradient norms: the columns `gradient_norm_…` of `epochs()`, one for each layer.

# %% [markdown] lang="fr"
# ## Exercices
#
# **1.** La dérivée de la sigmoïde vaut au plus 1/4, celle de tanh au plus 1. Que devient le gradient de la première
# couche d’un réseau profond ? Notez votre hypothèse, puis entraînez six couches cachées pendant une époque :
# `tp_sweep.run("sweeps/axe2.yaml", set={"model.layers": 6, "training.epochs": 1, "name": "axe2-deep"})`, et regardez
# les normes des gradients : les colonnes `gradient_norm_…` de `epochs()`, une par couche.

# %% exercise=true

# %% [markdown] lang="en"
# **2.** Add `gelu` and `leaky_relu` to the grid in the cell that writes the sweep, and run it and the next cell again.
# How many runs are trained? Which activations cannot be distinguished from the best?

# %% [markdown] lang="fr"
# **2.** Ajoutez `gelu` et `leaky_relu` à la grille, dans la cellule qui écrit le balayage, puis exécutez-la et la
# suivante de nouveau. Combien d’entraînements ont lieu ? Quelles activations ne peut-on pas distinguer de la
# meilleure ?

# %% exercise=true

# %% [markdown] lang="en"
# ## Solutions

# %% [markdown] lang="fr"
# ## Solutions

# %% [markdown] lang="en"
# **1.** The last row is the norm of the first layer divided by that of the last. With the sigmoid, the gradient
# shrinks at every layer on its way back, and the first layers hardly learn: the *vanishing gradient*. With ReLU and
# tanh, the first layer gets a gradient of the same order as the last. Compare within a column: the norms also depend
# on the activations themselves.

# %% [markdown] lang="fr"
# **1.** La dernière ligne est la norme de la première couche divisée par celle de la dernière. Avec la sigmoïde, le
# gradient rétrécit à chaque couche qu’il traverse et les premières couches n’apprennent presque rien : c’est la
# *disparition du gradient*. Avec ReLU et tanh, la première couche reçoit un gradient du même ordre que la dernière.
# Comparez dans une même colonne : les normes dépendent aussi des activations elles-mêmes.

# %% solution=true
deep = tp_sweep.run("sweeps/axe2.yaml", set={"model.layers": 6, "training.epochs": 1, "name": "axe2-deep"})
epochs = deep.epochs()
norms = [column for column in epochs.columns if column.startswith("gradient_norm")]
table = epochs.groupby("param_model.activation")[norms].mean().T
table.loc["first / last"] = table.iloc[0] / table.iloc[-1]
table

# %% [markdown] lang="en"
# **2.** Six: two new activations on three splits; the nine finished runs are kept. GELU, ReLU and leaky ReLU cannot
# be distinguished; tanh and sigmoid are clearly worse (`differs_from_best`). This solution has a name of its own, so
# that it does not replace your sweep, and therefore trains all fifteen.

# %% [markdown] lang="fr"
# **2.** Six : deux nouvelles activations sur trois partages ; les neuf entraînements finis sont gardés. On ne peut
# pas distinguer GELU, ReLU et leaky ReLU ; tanh et sigmoïde sont nettement moins bonnes (`differs_from_best`). Cette
# solution a son propre nom, pour ne pas remplacer votre balayage : elle entraîne donc les quinze.

# %% solution=true
more = tp_sweep.run(
    "sweeps/axe2.yaml",
    set={
        "name": "axe2-more",
        "grid": {"model.activation": ["relu", "tanh", "sigmoid", "gelu", "leaky_relu"]},
    },
)
more.trials()[["param_model.activation", "mean_val_accuracy", "std_val_accuracy", "differs_from_best"]]
