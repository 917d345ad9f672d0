# %% [markdown] lang="en"
# # Axis 1: the baseline
#
# **Question.** What does the simplest network achieve on MNIST, how fast, with how much memory, and how certain is
# that number?
#
# The network is a perceptron with one hidden layer: 784 inputs (28 × 28 pixels), 128 hidden units with ReLU, 10
# outputs. It is trained with SGD. Every other axis changes one thing about it, so this notebook sets the reference.

# %% [markdown] lang="fr"
# # Axe 1 : la référence
#
# **Question.** Qu’obtient le réseau le plus simple sur MNIST, à quelle vitesse, avec combien de mémoire, et quelle
# confiance peut-on accorder à ce nombre ?
#
# Le réseau est un perceptron à une couche cachée : 784 entrées (28 × 28 pixels), 128 neurones cachés avec ReLU, 10
# sorties. Il est entraîné par SGD. Chacun des autres axes y change une chose : ce carnet fixe la référence.

# %%
import tp_sweep

# %% [markdown] lang="en"
# ## The sweep
#
# A sweep file describes what is trained. The cell below writes it; edit it and run the cell again to change it.

# %% [markdown] lang="fr"
# ## Le balayage
#
# Un fichier de balayage décrit ce qui est entraîné. La cellule suivante l’écrit ; pour le changer, modifiez-la et
# exécutez-la de nouveau.

# %% sweep="axe1"

# %% [markdown] lang="en"
# Before training, the plan states what will be trained and how much work it is:

# %% [markdown] lang="fr"
# Avant d’entraîner, le plan indique ce qui sera entraîné et combien de travail cela représente :

# %%
sweep = tp_sweep.Sweep("sweeps/axe1.yaml")
print(sweep.plan())

# %% [markdown] lang="en"
# ## The training
#
# The stop button stops it. The same cell resumes it, and finished runs are not repeated.

# %% [markdown] lang="fr"
# ## L’entraînement
#
# Le bouton d’arrêt l’interrompt. La même cellule le reprend, sans refaire ce qui est fini.

# %%
results = sweep.run()
results

# %% [markdown] lang="en"
# ## The results
#
# Three measurements: accuracy, speed and memory. Nothing is held out for validation here, so the accuracy is that of
# the test set. `std` is the standard deviation over the five seeds.

# %% [markdown] lang="fr"
# ## Les résultats
#
# Trois mesures : l’exactitude, la vitesse et la mémoire. Rien n’est réservé à la validation ici : l’exactitude est
# celle du jeu de test. `std` est l’écart-type sur les cinq graines.

# %%
trials = results.trials()
trials[
    [
        "mean_test_accuracy",
        "std_test_accuracy",
        "profile_seconds_per_epoch",
        "profile_peak_bytes",
    ]
]

# %% [markdown] lang="en"
# The loss falls fast in the first epochs, then slowly: after ten epochs, the network is still learning.

# %% [markdown] lang="fr"
# La perte baisse vite pendant les premières époques, puis lentement : après dix époques, le réseau apprend encore.

# %%
epochs = results.epochs()
epochs.groupby("epoch")[["train_loss", "train_accuracy"]].mean()

# %% [markdown] lang="en"
# Which digits are taken for which others? The rows are the true classes, the columns the answers.

# %% [markdown] lang="fr"
# Quels chiffres sont pris pour quels autres ? Les lignes sont les vraies classes, les colonnes les réponses.

# %%
results.figure("confusion")

# %% [markdown] lang="en"
# The whole report, and TensorBoard (where it is not installed, the report again):

# %% [markdown] lang="fr"
# Le rapport entier, et TensorBoard (s’il n’est pas installé, de nouveau le rapport) :

# %%
results.report()

# %%
results.tensorboard()

# %% [markdown] lang="en"
# ## Exercises
#
# **1.** How many trainable parameters does the network have? Compute it by hand, then compare with the column
# `parameters`.

# %% [markdown] lang="fr"
# ## Exercices
#
# **1.** Combien de paramètres le réseau a-t-il ? Calculez-le à la main, puis comparez avec la colonne `parameters`.

# %% exercise=true

# %% [markdown] lang="en"
# **2.** Where does the ± come from? Show the test accuracy of each run (`results.runs()`). A friend trains once and
# gets 96.3 %: is that network better than yours?

# %% [markdown] lang="fr"
# **2.** D’où vient le ± ? Affichez l’exactitude sur le test de chaque entraînement (`results.runs()`). Un ami
# entraîne une seule fois et obtient 96,3 % : son réseau est-il meilleur que le vôtre ?

# %% exercise=true

# %% [markdown] lang="en"
# **3.** Train with batches of 16 instead of 64: `set={"training.batch_size": 16, "name": "axe1-batch16"}`. Does the
# accuracy change by more than chance? What does it cost?

# %% [markdown] lang="fr"
# **3.** Entraînez avec des lots de 16 au lieu de 64 : `set={"training.batch_size": 16, "name": "axe1-batch16"}`.
# L’exactitude change-t-elle plus que par hasard ? À quel prix ?

# %% exercise=true

# %% [markdown] lang="en"
# ## Solutions

# %% [markdown] lang="fr"
# ## Solutions

# %% [markdown] lang="en"
# **1.** Weights and biases of two layers: 784 · 128 + 128 + 128 · 10 + 10 = 101,770.

# %% [markdown] lang="fr"
# **1.** Les poids et les biais de deux couches : 784 · 128 + 128 + 128 · 10 + 10 = 101 770.

# %% solution=true
784 * 128 + 128 + 128 * 10 + 10, trials["parameters"].tolist()

# %% [markdown] lang="en"
# **2.** From the seed: initial weights and the order of the samples. The five runs differ by up to a few tenths of a
# per cent, so a single run at 96.3 % proves nothing.

# %% [markdown] lang="fr"
# **2.** De la graine : les poids initiaux et l’ordre des images. Les cinq entraînements diffèrent de quelques dixièmes
# de pour cent : un seul entraînement à 96,3 % ne prouve rien.

# %% solution=true
results.runs()[["repeat", "test_accuracy", "test_loss"]]

# %% [markdown] lang="en"
# **3.** The accuracy rises by more than one per cent, many times the ±: four times as many steps per epoch, and SGD at
# 0.01 had not converged. Each epoch takes longer, because small batches use the processor less well.

# %% [markdown] lang="fr"
# **3.** L’exactitude augmente de plus d’un pour cent, bien plus que le ± : il y a quatre fois plus de pas par époque,
# et SGD à 0,01 n’avait pas convergé. Chaque époque dure plus longtemps : de petits lots exploitent moins bien le
# processeur.

# %% solution=true
small = tp_sweep.run("sweeps/axe1.yaml", set={"training.batch_size": 16, "name": "axe1-batch16"})
small.trials()[["mean_test_accuracy", "std_test_accuracy", "profile_seconds_per_epoch"]]
