// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IClearingHouse} from "../../interfaces/IClearingHouse.sol";
import {ILpVault} from "../../interfaces/ILpVault.sol";
import {IMaker, IMarketBound} from "../../interfaces/IMaker.sol";
import {IPriceOracle} from "../../interfaces/IPriceOracle.sol";
import {IVault} from "../../interfaces/IVault.sol";
import {MarginMath} from "../../libraries/MarginMath.sol";
import {NotClearingHouse, ZeroAddress} from "../../types/Errors.sol";
import {Position} from "../../types/Position.sol";
import {LpShare} from "./LpShare.sol";

/// @title What every LP vault shares: its market, its LPs and their rules
/// @notice {LpModule} is how assets become shares and back. Two ways in and out:
/// - the immediate {deposit} and {withdraw} at the stored price, for whitelisted LPs, who are trusted with timing (T1);
///   once the owner has ended the whitelist, for anyone while no price enters into it;
/// - requests, for everybody at any time, which {LpRequestVault} settles at a price that nobody knew when they were made.
/// An entry and exit fee stays with those who stay, except that whitelisted LPs pay none.
abstract contract LpVault is ILpVault, LpShare {
    /// @dev One storage word.
    struct LpRules {
        /// @dev Most that all shares may be worth after a deposit, in the asset's own decimals.
        uint128 depositCap;
        /// @dev What a deposit or withdrawal leaves to those who stay, ppm of its amount.
        uint24 requestFee;
        /// @dev For good.
        bool isWhitelistEnded;
    }

    /// @notice `depositor` paid for the shares; their ERC-20 transfer says who got them. WAD shares; `underlying` in the
    /// asset's own decimals.
    event Deposited(address depositor, uint256 shares, uint256 underlying);
    /// @notice `withdrawer` held the shares. WAD shares; `underlying` in the asset's own decimals, after the exit fee.
    event Withdrawn(address withdrawer, uint256 shares, uint256 underlying);
    /// @notice What an LP left to those who stay, on its way in or out: `feeXCD` in the asset's own decimals,
    /// `quoteFeeXCD` in the collateral's.
    event LpFeeKept(address indexed lp, bool isDeposit, uint256 feeXCD, uint256 quoteFeeXCD);
    event WhitelistLpSet(address indexed lp, bool approved);
    event WhitelistEnded();
    /// @notice `depositCap` in the asset's own decimals, `requestFee` ppm.
    event LpRulesSet(uint256 depositCap, uint256 requestFee);

    error NotWhitelistLp(address caller);
    /// @notice The immediate path would need a price, which somebody may know better than the vault. WAD base.
    error UseRequest(address requestVault, int256 size);
    /// @notice In shares on the way in, in the asset's own decimals on the way out.
    error LessThanMinimum(uint256 amount, uint256 minimum);
    /// @notice The vault owes more than it holds; shares have no value to trade at.
    error VaultInsolvent(int256 totalAssets);
    error RatioOutOfRange(uint256 ratio, uint256 minRatio, uint256 maxRatio);
    /// @notice In the asset's own decimals.
    error LpDepositCapExceeded(uint256 amount, uint256 room);
    /// @notice The vault cannot pay for any of the shares now: what it owns is bound as margin. WAD shares.
    error NothingPayable(uint256 shares);

    /// @dev Default of the entry and exit fee, ppm.
    uint24 internal constant DEFAULT_REQUEST_FEE = 500;
    /// @dev The entry and exit fee cannot be set higher, ppm.
    uint24 internal constant MAX_REQUEST_FEE = 10_000;

    IClearingHouse public immutable clearingHouse;
    /// @inheritdoc ILpVault
    IVault public immutable vault;
    /// @dev The exchange's.
    IPriceOracle internal immutable oracle;
    /// @inheritdoc IMarketBound
    uint256 public immutable override marketId;

    mapping(address lp => bool approved) public isWhitelistLp;
    LpRules internal _lpRules;

    constructor(
        string memory name_,
        string memory symbol_,
        address owner_,
        IClearingHouse clearingHouse_,
        uint256 marketId_,
        IERC20 asset_
    ) LpShare(name_, symbol_, owner_, asset_) {
        clearingHouse = clearingHouse_;
        vault = clearingHouse_.vault();
        oracle = clearingHouse_.oracle();
        marketId = marketId_;
        _lpRules = LpRules({depositCap: type(uint128).max, requestFee: DEFAULT_REQUEST_FEE, isWhitelistEnded: false});
    }

    /// @dev Anyone passes once the whitelist has ended; {LpModule} then says whether there is a price to know.
    modifier onlyWhitelistLp() {
        _checkWhitelistLp();
        _;
    }

    modifier onlyClearingHouse() {
        _checkClearingHouse();
        _;
    }

    /// @dev Forced changes are the ClearingHouse's, and beyond liquidation its backstop's.
    modifier onlyExchange() {
        if (msg.sender != vault.backstop()) _checkClearingHouse();
        _;
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Lets an LP use the immediate {deposit} and {withdraw}, or not.
    function setWhitelistLp(address lp, bool approved) external onlyOwner {
        isWhitelistLp[lp] = approved;
        emit WhitelistLpSet(lp, approved);
    }

    /// @notice Ends the whitelist for good: nobody is trusted with timing any more. There must be a request vault, or
    /// nobody could leave a maker that has a position.
    function endWhitelist() external onlyOwner {
        if (requestVault == address(0)) revert ZeroAddress();
        _lpRules.isWhitelistEnded = true;
        emit WhitelistEnded();
    }

    /// @notice Sets what all shares may be worth after a deposit, in the asset's own decimals, and the entry and exit fee,
    /// ppm. The cap makes nobody leave. Requests that exist pay the fee in force when they settle, and are protected by
    /// their minimum.
    function setLpRules(uint128 depositCap, uint24 requestFee) external onlyOwner {
        _checkRatio(requestFee, 0, MAX_REQUEST_FEE);
        _lpRules.depositCap = depositCap;
        _lpRules.requestFee = requestFee;
        emit LpRulesSet(depositCap, requestFee);
    }

    // --------------------------------------------------------------------------------------- deposit and withdraw ----

    /// @notice Deposits without a minimum, for oneself.
    /// @param amountXCD in the asset's own decimals
    /// @return shares WAD, down
    function deposit(uint256 amountXCD) external virtual returns (uint256 shares);

    /// @notice Deposits for `receiver` and reverts unless it gets `minShares` (T6).
    function deposit(uint256 amountXCD, uint256 minShares, address receiver) external virtual returns (uint256 shares);

    /// @notice Withdraws without a minimum, to oneself.
    /// @param shares WAD
    /// @return amountXCD in the asset's own decimals, down
    function withdraw(uint256 shares) external virtual returns (uint256 amountXCD);

    /// @notice Withdraws to `receiver` and reverts unless it gets `minAmountXCD` (T6).
    function withdraw(uint256 shares, uint256 minAmountXCD, address receiver)
        external
        virtual
        returns (uint256 amountXCD);

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @notice What one share is worth in the asset, WAD, down. One in an empty vault.
    function sharePrice() external view virtual returns (uint256 price);

    /// @notice The most that `lp` can pass to the immediate {deposit} now, in the asset's own decimals: zero when it
    /// would be refused whatever the amount.
    function maxDeposit(address lp) external view virtual returns (uint256 amountXCD);

    /// @notice The most shares, WAD, that `lp` can pass to the immediate {withdraw} now: zero when it would be refused
    /// whatever the amount.
    function maxRedeem(address lp) external view virtual returns (uint256 shares);

    function lpRules() external view returns (LpRules memory) {
        return _lpRules;
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _position() internal view returns (Position memory) {
        return vault.positionOf(marketId, address(this));
    }

    function _checkClearingHouse() private view {
        if (msg.sender != address(clearingHouse)) revert NotClearingHouse(msg.sender, address(clearingHouse));
    }

    function _checkWhitelistLp() private view {
        if (!isWhitelistLp[msg.sender] && !_lpRules.isWhitelistEnded) revert NotWhitelistLp(msg.sender);
    }

    function _checkMinMarginRatio(int256 accountValue, uint256 notional, uint256 minMarginRatio) internal pure {
        uint256 required = MarginMath.requirementCeil(notional, minMarginRatio);
        // forge-lint: disable-next-line(unsafe-typecast)
        if (accountValue < 0 || uint256(accountValue) < required) {
            revert IMaker.BelowMinMarginRatio(accountValue, required);
        }
    }

    function _checkRatio(uint256 ratio, uint256 minRatio, uint256 maxRatio) internal pure {
        if (ratio < minRatio || ratio > maxRatio) revert RatioOutOfRange(ratio, minRatio, maxRatio);
    }
}
