// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IMarginPayer} from "../interfaces/ILockCallbacks.sol";
import {FillInput, IMaker} from "../interfaces/IMaker.sol";
import {ISpotAdapter, ISpotPayer} from "../interfaces/ISpotAdapter.sol";
import {ISpotHedger} from "../interfaces/ISpotHedger.sol";
import {AccountState} from "../interfaces/IVault.sol";
import {HedgeMath} from "../libraries/HedgeMath.sol";
import {LiabilityMath} from "../libraries/LiabilityMath.sol";
import {Cast} from "../types/Cast.sol";
import {PPM, Price, WAD} from "../types/Units.sol";
import {BaseVaultModule} from "./spot-hedge/BaseVaultModule.sol";
import {SpotHedgeMaker} from "./spot-hedge/SpotHedgeMaker.sol";
import {SpotHedgeStorage} from "./spot-hedge/SpotHedgeStorage.sol";

/// @title An LP vault of base tokens that hedges every fill on a spot market in the same transaction
/// @notice When a taker sells, the maker sells the same base on the spot market, and the proceeds enter its margin.
/// When a taker buys, the maker draws quote from its margin and buys the same base back. The base that it holds and its
/// long position always add up to the deposits of LPs, so that their exposure, counted in base, does not change (H1).
/// Its perpetual position is never short.
/// @dev LP and owner functions run in {BaseVaultModule}, views for LPs in {BaseVaultQuotes}.
contract SpotHedgeBaseMaker is SpotHedgeMaker {
    using SafeERC20 for IERC20;
    using Cast for *;
    using SafeCast for uint256;

    /// @dev A swap is omitted when fees have left less than a thousandth of its cost. Scaled up to the whole, the rounding
    /// of such a small swap would be at the taker's expense.
    uint256 private constant MIN_BOUGHT_DIVISOR = 1000;

    /// @dev The result of the last sale, in the tokens' own decimals: {payMargin} hands it to {_sell}.
    uint256 private transient _sold;
    uint256 private transient _proceeds;

    constructor(
        string memory name_,
        string memory symbol_,
        address owner_,
        IClearingHouse clearingHouse_,
        uint256 marketId_,
        IERC20 baseToken_,
        Parameters memory parameters_,
        BaseVaultModule module_
    )
        SpotHedgeStorage(name_, symbol_, owner_, clearingHouse_, marketId_, baseToken_, baseToken_)
        SpotHedgeMaker(parameters_, module_)
    {}

    // ---------------------------------------------------------------------------------------------------- fills ----

    /// @inheritdoc IMaker
    /// @dev The maker is long or flat. A fill increases its position when the taker sells.
    function fillOrder(bool isBaseToQuote, bool isExactInput, uint256 amount, bytes calldata data)
        external
        onlyClearingHouse
        returns (uint256 oppositeAmount, bytes memory callbackData)
    {
        Fill memory fill = Fill({
            rules: _parameters,
            input: abi.decode(data, (FillInput)),
            isBaseToQuote: isBaseToQuote,
            isExactBase: isBaseToQuote == isExactInput,
            increasesMaker: isBaseToQuote,
            base: 0,
            quote: 0
        });
        // 1. Limit the funding that the maker pays (T32).
        _checkCarry(fill);
        // 2. Swap the same base on the spot market, and price the fill at the swap.
        Hedge memory hedge = isBaseToQuote ? _sellForTaker(fill, amount) : _buyForTaker(fill, amount);
        _priceFill(fill, hedge, amount);
        // 3. Protect LPs: a closing taker receives the worse price, any other fill must be near the oracle price (H2).
        uint256 rest = _protectClosing(fill, hedge);
        if (rest != 0) {
            (, uint256 quote) = _sell(fill.rules, true, rest);
            _addSale(fill, hedge, quote);
        }
        if (!isBaseToQuote) _requireWithin(fill.base, fill.input.makerSize.abs());
        // 4. Report. The swap was paid from or into the margin, so there is no margin to transfer.
        return _endFill(fill, hedge);
    }

    /// @inheritdoc ISpotPayer
    /// @dev Pays base out of the balance and quote out of the margin: in a fill drawn before settlement, otherwise limited
    /// to free margin.
    function paySpotSwap(bool isBaseToQuote, uint256 amount, address to) external {
        Payment payment = _beginPayment(isBaseToQuote, amount);
        if (isBaseToQuote) {
            uint256 available = assetBalance;
            if (amount > available) revert MakerCapacityExceeded(amount * assetScale, available * assetScale);
            assetBalance = (available - amount).lowUint128();
            asset.safeTransfer(to, amount);
        } else if (payment == Payment.HeldOrDrawn) {
            _vault.draw(amount, to);
        } else {
            _vault.withdrawForHedge(marketId, amount, to);
        }
    }

    /// @inheritdoc ISpotHedger
    function closeHedgeGap(uint256 maxAmount) external underLock(maxAmount) {
        GapClosing memory closing = _beginGapClosing(maxAmount);
        if (closing.part != 0) {
            uint256 units = closing.part.magnitude();
            bool isSale = closing.part < 0;
            Hedge memory hedge;
            if (isSale) (hedge.base, hedge.quote) = _sell(closing.rules, true, units);
            else hedge = _buyFree(closing.rules, units, closing.price);
            _endHedge(closing.rules, closing.price, isSale, hedge);
        }
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IMaker
    function getUtilRatio() external view returns (uint256 longUtilRatio, uint256 shortUtilRatio) {
        return (0, LiabilityMath.utilRatioUp(assetBalance, assetLiability));
    }

    /// @inheritdoc IMaker
    /// @dev The deposits of LPs can be sold once. The maker is never short.
    function getCapacity() external view returns (uint256 long, uint256 short) {
        return (assetLiability * assetScale, 0);
    }

    // ------------------------------------------------------------------------------------------ hedges of fills ----

    function _sellForTaker(Fill memory fill, uint256 amount) private returns (Hedge memory hedge) {
        uint256 units = _unitsToSwap(fill, amount);
        if (fill.isExactBase) {
            uint256 available = assetBalance;
            if (units > available) revert MakerCapacityExceeded(amount, available * assetScale);
            if (units == 0) return hedge;
        }
        (hedge.base, hedge.quote) = _sell(fill.rules, fill.isExactBase, units);
    }

    /// @dev Buys less base where fees have consumed a part of the margin (H3). The cost is then scaled up to the whole
    /// amount, so that the fill has the price of the swap.
    function _buyForTaker(Fill memory fill, uint256 amount) private returns (Hedge memory hedge) {
        uint256 units = _unitsToSwap(fill, amount);
        uint256 missing = _missing(fill.input);
        if (missing != 0) {
            return fill.isExactBase ? _buyLess(fill, units, missing, amount) : _buyWithLess(fill, amount, missing);
        }
        if (units == 0 && fill.isExactBase) return hedge;
        (hedge.base, hedge.quote) = _buy(fill.rules, !fill.isExactBase, units, Payment.HeldOrDrawn);
    }

    /// @dev For exact base. When a fraction k of the position closes, the margin lacks k x `missing` of its cost. The
    /// shortage is that quote in units of base at the oracle price, up (H3).
    /// @param whole units to buy without a shortage
    function _buyLess(Fill memory fill, uint256 whole, uint256 missing, uint256 amount)
        private
        returns (Hedge memory hedge)
    {
        Price price = fill.input.price;
        uint256 quote = Math.mulDiv(missing, amount, fill.input.makerSize.abs(), Math.Rounding.Ceil);
        uint256 shortage = Math.min(whole, Math.mulDiv(quote, WAD, price.unwrap() * assetScale, Math.Rounding.Ceil));
        if ((whole - shortage) * MIN_BOUGHT_DIVISOR < whole) shortage = whole;
        if (whole != shortage) {
            (hedge.base, hedge.quote) = _buy(fill.rules, false, whole - shortage, Payment.HeldOrDrawn);
        }
        if (shortage == 0) return hedge;
        hedge.shortage = shortage * assetScale;
        hedge.quote = whole == shortage
            ? Math.mulDiv(hedge.shortage, price.unwrap(), WAD, Math.Rounding.Ceil)
            : Math.mulDiv(hedge.quote, whole, whole - shortage, Math.Rounding.Ceil);
        hedge.base += hedge.shortage;
    }

    /// @dev For exact quote. The margin lacks `missing` of the value of the whole position. The same fraction of the
    /// quote stays in the margin, and the rest buys base. That base is scaled up to the whole.
    function _buyWithLess(Fill memory fill, uint256 amount, uint256 missing) private returns (Hedge memory hedge) {
        FillInput memory input = fill.input;
        uint256 quote = HedgeMath.netDown(amount, fill.rules.spread);
        uint256 worth = input.makerSize.notionalFloor(input.price);
        uint256 left = missing < worth ? worth - missing : 0;
        uint256 spend = left * MIN_BOUGHT_DIVISOR < worth ? 0 : Math.mulDiv(quote, left, worth) / _quoteScale;
        if (spend == 0) {
            hedge.base = Math.mulDiv(quote, WAD, input.price.unwrap() * assetScale) * assetScale;
            (hedge.shortage, hedge.quote) = (hedge.base, quote);
            return hedge;
        }
        (hedge.base, hedge.quote) = _buy(fill.rules, true, spend, Payment.HeldOrDrawn);
        uint256 whole = Math.mulDiv(hedge.base / assetScale, worth, left) * assetScale;
        (hedge.shortage, hedge.base) = (whole - hedge.base, whole);
        hedge.quote = Math.mulDiv(hedge.quote, worth, left, Math.Rounding.Ceil);
    }

    /// @dev WAD quote that the margin lacks to close the whole position at its entry.
    function _missing(FillInput memory input) private pure returns (uint256) {
        return (-(input.makerOpenNotional + input.makerMargin)).positivePart();
    }

    // ------------------------------------------------------------------------------------- hedges outside fills ----

    /// @dev Buys base with the quote that a forced change left over: margin after pending fees beyond the open
    /// notional. The rest of the margin pays for closing the position. Base that this quote cannot pay for at the
    /// oracle price is lost. Where quote is scarce, the maker buys only the base that it can pay for at the bound of
    /// the swap. A part of the gap uses its proportion of the quote.
    function _buyFree(Parameters memory rules, uint256 units, Price price) private returns (Hedge memory hedge) {
        // The rest of the gap has the same sign.
        uint256 left = Math.mulDiv(_freeQuote(price), units, units + int256(hedgeGap).magnitude());
        uint256 unitPrice = price.unwrap() * assetScale;
        uint256 covered = Math.min(units, Math.mulDiv(left, WAD, unitPrice));
        uint256 amount = Math.min(units, Math.mulDiv(left, WAD * PPM, unitPrice * (PPM + rules.maxHedgeDeviation)));
        if (amount != 0) (hedge.base, hedge.quote) = _buy(rules, false, amount, Payment.FreeMargin);
        hedge.shortage = (units - covered) * assetScale;
        hedge.unfunded = (covered - amount) * assetScale;
        hedge.leftOver = left > hedge.quote ? left - hedge.quote : 0;
    }

    /// @dev Margin after pending fees beyond the cost of closing the position at its entry; WAD, floor.
    function _freeQuote(Price price) private view returns (uint256) {
        AccountState memory state = _vault.accountState(marketId, address(this), price);
        return (state.margin + state.openNotional).positivePart();
    }

    // ---------------------------------------------------------------------------------------------------- swaps ----

    /// @dev Swaps base that the maker holds for quote, which arrives in the margin.
    /// @param units of the base token for exact input, otherwise of the collateral
    /// @return base WAD, sold
    /// @return quote WAD, received
    function _sell(Parameters memory rules, bool isExactInput, uint256 units)
        private
        returns (uint256 base, uint256 quote)
    {
        uint256 proceeds = _vault.receiveForHedge(marketId, abi.encode(rules.adapter, isExactInput, units));
        _requireEqual(_proceeds, proceeds);
        return (_sold * assetScale, proceeds * _quoteScale);
    }

    /// @inheritdoc IMarginPayer
    /// @dev The swap of {_sell}, whose pool pays the Vault.
    function payMargin(bytes calldata data) external {
        _checkVault();
        (ISpotAdapter adapter, bool isExactInput, uint256 units) = abi.decode(data, (ISpotAdapter, bool, uint256));
        (_sold, _proceeds) = _swap(adapter, true, isExactInput, units, address(_vault), Payment.HeldOrDrawn);
    }

    /// @dev Swaps quote out of the margin for base, which arrives in the balance.
    /// @param units of the collateral for exact input, otherwise of the base token
    /// @return base WAD, bought
    /// @return quote WAD, paid
    function _buy(Parameters memory rules, bool isExactInput, uint256 units, Payment payment)
        private
        returns (uint256 base, uint256 quote)
    {
        (uint256 spent, uint256 bought) = _swapHere(rules, false, isExactInput, units, asset, payment);
        assetBalance = (assetBalance + bought).toUint128();
        return (bought * assetScale, spent * _quoteScale);
    }
}
