# %% [markdown] lang="en"
# # Axis 6: batch norm and initialisation
#
# **Question.** How do the initial weights determine whether a deeper network learns, and how much does batch norm
# help?
#
# Three hidden layers, with and without batch norm, and with three initialisations: zeros, Kaiming normal, and
# PyTorch's default. Histograms of weights and gradients are recorded after every epoch.

# %% [markdown] lang="fr"
# # Axe 6 : normalisation par lots et initialisation
#
# **Question.** Comment les poids initiaux déterminent-ils si un réseau plus profond apprend, et dans quelle mesure la
# normalisation par lots aide-t-elle ?
#
# Trois couches cachées, avec et sans normalisation par lots, et trois initialisations : zéros, normale de Kaiming, et
# celle de PyTorch par défaut. Les histogrammes des poids et des gradients sont enregistrés après chaque époque.

# %%
import tp_sweep

# %% [markdown] lang="en"
# ## The sweep

# %% [markdown] lang="fr"
# ## Le balayage

# %% sweep="axe6"

# %% [markdown] lang="en"
# ## The training

# %% [markdown] lang="fr"
# ## L’entraînement

# %%
results = tp_sweep.run("sweeps/axe6.yaml")
results

# %% [markdown] lang="en"
# ## The results

# %% [markdown] lang="fr"
# ## Les résultats

# %%
results.trials()[
    ["param_model.norm", "param_init", "mean_val_accuracy", "std_val_accuracy", "profile_seconds_per_epoch"]
]

# %%
results.figure("learning-curves")

# %% [markdown] lang="en"
# The gradient norms of each layer, without and with batch norm:

# %% [markdown] lang="fr"
# Les normes des gradients de chaque couche, sans puis avec normalisation par lots :

# %%
results.figure("gradients-norm-none_init-default")

# %%
results.figure("gradients-norm-batch_init-default")

# %% [markdown] lang="en"
# TensorBoard (`pip install tensorboard`) shows the distributions themselves, in its tabs *Histograms* and
# *Distributions*. If it is not installed, the report appears instead:

# %% [markdown] lang="fr"
# TensorBoard (`pip install tensorboard`) montre les distributions elles-mêmes, dans ses onglets *Histograms* et
# *Distributions*. S’il n’est pas installé, le rapport s’affiche à la place :

# %%
results.tensorboard()

# %% [markdown] lang="en"
# ## Exercises
#
# **1.** With zeros everywhere, the network predicts the same class for every image. Which single parameter still gets
# a gradient, and why do the others get none?

# %% [markdown] lang="fr"
# ## Exercices
#
# **1.** Avec des zéros partout, le réseau prédit la même classe pour toutes les images. Quel est le seul paramètre
# qui reçoit encore un gradient, et pourquoi les autres n’en reçoivent-ils aucun ?

# %% exercise=true

# %% [markdown] lang="en"
# **2.** Batch norm allows larger learning rates. Train with and without it at 0.01, 0.1 and 1 for two epochs, from
# the default initial weights: replace the whole grid (`"grid": {"model.norm": ["none", "batch"],
# "training.learning_rate": [0.01, 0.1, 1]}`).

# %% [markdown] lang="fr"
# **2.** La normalisation par lots permet de plus grands taux d’apprentissage. Entraînez sans et avec normalisation
# pendant deux époques, avec des taux de 0,01 ; 0,1 et 1, à partir des poids initiaux par défaut : remplacez toute la
# grille (`"grid": {"model.norm": ["none", "batch"], "training.learning_rate": [0.01, 0.1, 1]}`).

# %% exercise=true

# %% [markdown] lang="en"
# **3.** Put this sweep and that of exercise 2 side by side: `tp_sweep.compare(…)`. Which settings come close in two
# epochs to the score of ten? If you add the sweep files of the other axes, the page also shows those that you have
# trained.

# %% [markdown] lang="fr"
# **3.** Mettez côte à côte ce balayage et celui de l’exercice 2 : `tp_sweep.compare(…)`. Quels réglages permettent
# d’approcher en deux époques le score de dix ? Si vous ajoutez les fichiers de balayage des autres axes, la page
# montre aussi ceux que vous avez entraînés.

# %% exercise=true

# %% [markdown] lang="en"
# ## Solutions

# %% [markdown] lang="fr"
# ## Solutions

# %% [markdown] lang="en"
# **1.** The bias of the output layer. The hidden units are all 0, so the weights that follow them get no gradient;
# the output weights are 0, so no gradient passes back through them. The bias learns how frequent each class is, and
# the network always predicts the most frequent one.

# %% [markdown] lang="fr"
# **1.** Le biais de la couche de sortie. Les neurones cachés valent tous 0 : les poids qui les suivent ne reçoivent
# aucun gradient. Les poids de sortie valent 0 : aucun gradient ne remonte à travers eux. Le biais apprend la
# fréquence de chaque classe, et le réseau prédit toujours la plus fréquente.

# %% [markdown] lang="en"
# **2.** At the largest learning rate, trainings without batch norm diverge, or stay at chance (10 %); with batch
# norm, the network learns. `runs_finished` counts the trainings that did not diverge.

# %% [markdown] lang="fr"
# **2.** Avec le plus grand taux d’apprentissage, les entraînements sans normalisation par lots divergent, ou restent
# au niveau du hasard (10 %) ; avec elle, le réseau apprend. `runs_finished` compte les entraînements qui n’ont pas
# divergé.

# %% solution=true
rates = tp_sweep.run(
    "sweeps/axe6.yaml",
    set={
        "name": "axe6-rates",
        "description": "With and without batch norm at three learning rates, two epochs each.",
        "training.epochs": 2,
        "grid": {"model.norm": ["none", "batch"], "training.learning_rate": [0.01, 0.1, 1.0]},
    },
)
table = rates.trials().sort_values(["param_model.norm", "param_training.learning_rate"])
table[["param_model.norm", "param_training.learning_rate", "mean_val_accuracy", "runs_finished", "runs"]]

# %% [markdown] lang="en"
# **3.** A larger learning rate, with batch norm above all. `compare` writes `reports/course.html`. The best trials of
# sweeps with the same splits are compared split by split.

# %% [markdown] lang="fr"
# **3.** Un plus grand taux d’apprentissage, surtout avec la normalisation par lots. `compare` écrit
# `reports/course.html`. Les meilleurs essais des balayages qui ont les mêmes partages sont comparés partage par
# partage.

# %% solution=true
tp_sweep.compare(results, rates)
